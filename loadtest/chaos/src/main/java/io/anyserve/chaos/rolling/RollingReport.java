package io.anyserve.chaos.rolling;

import io.anyserve.audit.Violation;
import io.anyserve.chaos.check.CheckResult;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a rolling restart cost its clients.
 *
 * @param loadAverage of the last minute of the changes
 * @param errors streams that did not finish, by code
 * @param resumed calls that clients made to go on
 */
public record RollingReport(
    List<Row> rows,
    double seconds,
    double loadAverage,
    int processors,
    long finished,
    Map<String, Long> errors,
    long resumed,
    CheckResult log) {

  public RollingReport {
    rows = List.copyOf(rows);
    errors = Map.copyOf(errors);
  }

  /**
   * One change.
   *
   * @param stop seconds
   * @param ready seconds
   * @param killed it did not stop by itself
   * @param gaps longest time between two chunks of each stream that was open
   * @param waits from the call to the first chunk, of each stream that began
   * @param errors streams that ended meanwhile, otherwise than finished
   * @param wrong findings about streams that were open
   */
  public record Row(
      String service,
      ServiceChange.Kind change,
      Optional<Double> stop,
      Optional<Double> ready,
      boolean killed,
      Distribution gaps,
      Distribution waits,
      long errors,
      long wrong) {}

  /** Milliseconds. */
  public record Distribution(int count, double p50, double p99, double longest) {

    static Distribution of(List<Double> values) {
      List<Double> sorted = values.stream().sorted().toList();
      return new Distribution(
          sorted.size(), percentile(sorted, 50), percentile(sorted, 99), percentile(sorted, 100));
    }

    /** Nearest rank. */
    private static double percentile(List<Double> sorted, int percent) {
      int rank = (int) Math.ceil(percent / 100.0 * sorted.size());
      return sorted.isEmpty() ? 0 : sorted.get(Math.max(0, rank - 1));
    }
  }

  public List<Violation> findings() {
    return log.findings();
  }

  /**
   * Nobody noticed: every stream finished with the right text, the ledger is exact, every process
   * stopped by itself, and no p99 of the gaps is above the limit.
   */
  public boolean clean(double mostMillis) {
    return errors.isEmpty()
        && log.findings().isEmpty()
        && rows.stream().noneMatch(row -> row.killed() || row.gaps().p99() > mostMillis);
  }
}
