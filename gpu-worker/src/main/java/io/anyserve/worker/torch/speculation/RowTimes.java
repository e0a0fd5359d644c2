package io.anyserve.worker.torch.speculation;

import java.util.Map;
import java.util.TreeMap;

/** How long decoding steps take by the number of their rows, as measured. One thread's. */
final class RowTimes {

  private static final double WEIGHT = 0.2;

  private final TreeMap<Integer, Double> nanos = new TreeMap<>();

  void add(int rows, long took) {
    nanos.merge(rows, (double) took, (before, now) -> before + WEIGHT * (now - before));
  }

  /**
   * Of a step with so many rows: on the line between its measured neighbours. What was never
   * measured is taken for cheap, so that it is tried once: beyond the last neighbour it is that
   * one's time, before the first one it is a share of its time.
   */
  double estimate(int rows) {
    Map.Entry<Integer, Double> below = nanos.floorEntry(rows);
    Map.Entry<Integer, Double> above = nanos.ceilingEntry(rows);
    if (above == null) {
      return below == null ? rows : below.getValue();
    }
    if (below == null) {
      return above.getValue() * rows / above.getKey();
    }
    int span = above.getKey() - below.getKey();
    double share = span == 0 ? 0 : (double) (rows - below.getKey()) / span;
    return below.getValue() + share * (above.getValue() - below.getValue());
  }
}
