package io.anyserve.metering.query;

import io.anyserve.contracts.event.UsageTotals;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Who or what used most, most first; those with as much by name. */
public record TopTable(List<Row> rows) {

  public record Row(SeriesName name, UsageTotals totals) {}

  public TopTable {
    rows = List.copyOf(rows);
  }

  /** Sums what the source gives and keeps the first. */
  public static TopTable of(
      RankBy measure, int limit, Consumer<BiConsumer<SeriesName, UsageTotals>> source) {
    Map<SeriesName, UsageTotals> sums = new HashMap<>();
    source.accept((name, totals) -> sums.merge(name, totals, UsageTotals::plus));
    return new TopTable(
        sums.entrySet().stream()
            .map(entry -> new Row(entry.getKey(), entry.getValue()))
            .sorted(
                Comparator.<Row>comparingLong(row -> measure.of(row.totals()))
                    .reversed()
                    .thenComparing(Row::name))
            .limit(limit)
            .toList());
  }

  public void feed(BiConsumer<SeriesName, UsageTotals> sink) {
    rows.forEach(row -> sink.accept(row.name(), row.totals()));
  }
}
