package io.anyserve.chaos.client;

import java.util.ArrayDeque;
import java.util.Deque;

/** How many callers wait, over the last seconds without a fault. Thread-safe. */
final class OpenCounts {

  private static final int SAMPLES = 20;

  private final Deque<Integer> samples = new ArrayDeque<>(SAMPLES);
  private boolean fault;
  private int peak;

  /** Called at equal intervals. */
  synchronized void sample(int open) {
    peak = Math.max(peak, open);
    if (fault) {
      return;
    }
    if (samples.size() == SAMPLES) {
      samples.remove();
    }
    samples.add(open);
  }

  /** From now on they say nothing of what is usual. */
  synchronized void beginFault() {
    fault = true;
    peak = 0;
  }

  synchronized void endFault() {
    fault = false;
  }

  /** The most since the fault began. */
  synchronized int peak() {
    return peak;
  }

  /** The median. */
  synchronized int usual() {
    int[] sorted = samples.stream().mapToInt(Integer::intValue).sorted().toArray();
    return sorted.length == 0 ? 0 : sorted[sorted.length / 2];
  }

  /** The most that a system without a backlog shows: arrivals come in clusters. */
  static int most(int usual) {
    return (int) Math.ceil(usual + 2 * Math.sqrt(usual) + 1);
  }
}
