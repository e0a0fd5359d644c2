package io.anyserve.metering.query;

import io.anyserve.contracts.event.UsageTotals;
import io.anyserve.metering.query.WindowTable.Point;
import io.anyserve.metering.query.WindowTable.Series;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Adds windows up to series. Beyond so many series only how much each used is kept, so that memory
 * is bounded by what an answer may hold. One thread at a time.
 */
final class SeriesAggregator implements WindowTable.Sink {

  private final int most;
  private final UnaryOperator<SeriesName> naming;
  private final NavigableMap<SeriesName, NavigableMap<Instant, UsageTotals>> points =
      new TreeMap<>();
  private final Map<SeriesName, Long> used = new HashMap<>();
  private boolean overflown;

  SeriesAggregator(int most, UnaryOperator<SeriesName> naming) {
    this.most = most;
    this.naming = naming;
  }

  @Override
  public void add(SeriesName found, Instant start, UsageTotals totals) {
    SeriesName name = naming.apply(found);
    used.merge(name, RankBy.TOKENS.of(totals), Long::sum);
    if (used.size() > most) {
      overflown = true;
      points.clear();
    }
    if (!overflown) {
      points.computeIfAbsent(name, _ -> new TreeMap<>()).merge(start, totals, UsageTotals::plus);
    }
  }

  boolean overflown() {
    return overflown;
  }

  /** The series with the most tokens. */
  Set<SeriesName> largest(int count) {
    return used.entrySet().stream()
        .filter(entry -> !entry.getKey().other())
        .sorted(
            Map.Entry.<SeriesName, Long>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(count)
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  WindowTable table() {
    return new WindowTable(
        points.entrySet().stream()
            .map(entry -> new Series(entry.getKey(), points(entry.getValue())))
            .toList());
  }

  private static List<Point> points(NavigableMap<Instant, UsageTotals> totals) {
    return totals.entrySet().stream()
        .map(entry -> new Point(entry.getKey(), entry.getValue()))
        .toList();
  }
}
