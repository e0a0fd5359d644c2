package io.anyserve.metering.http;

import io.anyserve.contracts.event.LatencyHistogram;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.UsageField;
import io.anyserve.contracts.event.UsageTotals;
import io.anyserve.metering.query.SeriesName;
import io.anyserve.metering.query.TopTable;
import io.anyserve.metering.query.WindowTable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Answers as rows of CSV, with the names that JSON has. */
final class CsvRows {

  private static final double MEDIAN = 0.5;
  private static final double P99 = 0.99;

  private static final List<String> NAME =
      List.of("tenant", "capability", "model", "session", "key", "other");
  private static final List<Object> TOTALS =
      all(
          List.of("requests"),
          names(UsageField.ALL),
          List.of(
              "first_token_ms_p50", "first_token_ms_p99", "duration_ms_p50", "duration_ms_p99"));
  private static final List<Object> ENTRY =
      all(
          List.of(
              "ended_at",
              "request_id",
              "tenant",
              "session",
              "key",
              "capability",
              "asked_for",
              "model",
              "worker",
              "attempts",
              "outcome",
              "code"),
          names(UsageField.OF_ENTRY),
          List.of("price_version", "accepted_at", "started_at", "first_token_at", "labels"));

  private CsvRows() {}

  static void write(Csv csv, WindowTable table) {
    csv.row(all(List.of("start"), NAME, TOTALS));
    for (WindowTable.Series series : table.series()) {
      List<Object> name = name(series.name());
      for (WindowTable.Point point : series.points()) {
        csv.row(all(List.of(point.start()), name, totals(point.totals())));
      }
    }
  }

  static void write(Csv csv, TopTable table) {
    csv.row(all(NAME, TOTALS));
    table.rows().forEach(row -> csv.row(all(name(row.name()), totals(row.totals()))));
  }

  static void header(Csv csv) {
    csv.row(ENTRY);
  }

  static void write(Csv csv, LedgerEntry entry) {
    csv.row(
        all(
            List.of(
                entry.times().endedAt(),
                entry.request(),
                entry.context().tenant(),
                entry.context().session(),
                entry.context().apiKey(),
                entry.servedBy().capability(),
                entry.context().capability(),
                entry.servedBy().model(),
                entry.servedBy().worker(),
                entry.servedBy().attempts(),
                QueryParameters.lowerCase(entry.outcome()),
                entry.code()),
            amounts(UsageField.OF_ENTRY, UsageTotals.of(entry)),
            List.of(
                entry.cost().version(),
                entry.context().acceptedAt(),
                entry.times().startedAt().map(Instant::toString).orElse(""),
                entry.times().firstTokenAt().map(Instant::toString).orElse(""),
                labels(entry.context().labels()))));
  }

  private static String labels(Map<String, String> labels) {
    return new TreeMap<>(labels)
        .entrySet().stream()
            .map(label -> label.getKey() + "=" + label.getValue())
            .collect(Collectors.joining(";"));
  }

  private static List<Object> name(SeriesName name) {
    return List.of(
        name.tenant().orElse(""),
        name.capability().orElse(""),
        name.model().orElse(""),
        name.session().orElse(""),
        name.key().orElse(""),
        name.other());
  }

  private static List<Object> totals(UsageTotals totals) {
    return all(
        List.of(totals.requests()),
        amounts(UsageField.ALL, totals),
        List.of(
            millis(totals.firstToken(), MEDIAN),
            millis(totals.firstToken(), P99),
            millis(totals.duration(), MEDIAN),
            millis(totals.duration(), P99)));
  }

  private static List<String> names(Set<UsageField> fields) {
    return fields.stream().map(UsageField::wireName).toList();
  }

  private static List<Long> amounts(Set<UsageField> fields, UsageTotals totals) {
    return fields.stream().map(field -> field.of(totals)).toList();
  }

  private static Object millis(LatencyHistogram latency, double quantile) {
    Optional<Object> found = latency.quantile(quantile).map(time -> (Object) time.toMillis());
    return found.orElse("");
  }

  private static List<Object> all(List<?>... parts) {
    List<Object> row = new ArrayList<>();
    for (List<?> part : parts) {
      row.addAll(part);
    }
    return row;
  }
}
