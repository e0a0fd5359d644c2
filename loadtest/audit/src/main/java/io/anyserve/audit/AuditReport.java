package io.anyserve.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What an audit found.
 *
 * @param repeated lines that were derived once more and count once
 */
public record AuditReport(List<Row> rows, List<String> differences, long repeated) {

  public AuditReport {
    rows = List.copyOf(rows);
    differences = List.copyOf(differences);
  }

  /**
   * One kind of things that were compared.
   *
   * @param unknown could not be compared: what they are derived from is no longer kept, or is not
   *     settled yet
   */
  public record Row(String what, long compared, long differences, long unknown) {}

  public boolean agrees() {
    return differences.isEmpty();
  }

  /** Collects. */
  static final class Draft {

    private static final String UNREADABLE = "unreadable";

    private final LedgerAudit.Range range;
    private final List<Row> rows = new ArrayList<>();
    private final List<String> malformed = new ArrayList<>();
    private final List<String> differences = new ArrayList<>();

    Draft(LedgerAudit.Range range) {
      this.range = range;
    }

    void malformed(String record) {
      malformed.add(record);
    }

    void requests(long compared, List<Violation> findings, long unknown) {
      rows.add(new Row("requests", compared, findings.size(), unknown));
      findings.forEach(finding -> differences.add("request " + finding.what()));
    }

    void sums(Map<AggregateKey, AggregateChecks.Match> matches) {
      sums("sessions", matches, AggregateKey.OfSession.class);
      sums("tenants", matches, AggregateKey.OfTenant.class);
      sums("windows", matches, AggregateKey.OfWindow.class);
    }

    private void sums(
        String what,
        Map<AggregateKey, AggregateChecks.Match> matches,
        Class<? extends AggregateKey> kind) {
      long[] counts = new long[3];
      matches.forEach(
          (key, match) -> {
            if (kind.isInstance(key) && asked(key)) {
              switch (match) {
                case AggregateChecks.Match.Same _ -> counts[0]++;
                case AggregateChecks.Match.Different(String difference, _) -> {
                  counts[1]++;
                  differences.add(key + ": " + difference);
                }
                case AggregateChecks.Match.Unknown _ -> counts[2]++;
              }
            }
          });
      rows.add(new Row(what, counts[0] + counts[1], counts[1], counts[2]));
    }

    private boolean asked(AggregateKey key) {
      return switch (key) {
        case AggregateKey.OfSession _, AggregateKey.OfTenant _ -> true;
        case AggregateKey.OfWindow window ->
            window.end().isAfter(range.from()) && window.start().isBefore(range.to());
      };
    }

    AuditReport report(long repeated) {
      if (!malformed.isEmpty()) {
        rows.add(new Row(UNREADABLE, malformed.size(), malformed.size(), 0));
        malformed.forEach(record -> differences.add(UNREADABLE + " " + record));
      }
      return new AuditReport(rows, differences.stream().sorted().toList(), repeated);
    }
  }
}
