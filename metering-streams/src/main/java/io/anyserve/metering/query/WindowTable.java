package io.anyserve.metering.query;

import io.anyserve.contracts.event.UsageTotals;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/**
 * Usage over time, by series.
 *
 * @param series by name; the sum of the rest is the last
 */
public record WindowTable(List<Series> series) {

  /**
   * One line of a chart.
   *
   * @param points in order; windows without usage are left out
   */
  public record Series(SeriesName name, List<Point> points) {}

  public record Point(Instant start, UsageTotals totals) {}

  /** Takes what adds up to a table, in any order. */
  public interface Sink {
    void add(SeriesName name, Instant start, UsageTotals totals);
  }

  public WindowTable {
    series = List.copyOf(series);
  }

  /**
   * Sums what the source gives.
   *
   * @param source is read a second time where there are more series than fit
   */
  public static WindowTable of(int mostSeries, Consumer<Sink> source) {
    SeriesAggregator all = new SeriesAggregator(mostSeries, name -> name);
    source.accept(all);
    if (!all.overflown()) {
      return all.table();
    }
    var largest = all.largest(mostSeries - 1);
    SeriesAggregator some =
        new SeriesAggregator(mostSeries, name -> largest.contains(name) ? name : SeriesName.OTHER);
    source.accept(some);
    return some.table();
  }

  public void feed(Sink sink) {
    for (Series one : series) {
      one.points().forEach(point -> sink.add(one.name(), point.start(), point.totals()));
    }
  }
}
