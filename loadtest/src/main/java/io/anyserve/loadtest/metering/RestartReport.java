package io.anyserve.loadtest.metering;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * How soon metering is back after {@code kill -9}.
 *
 * @param settings of Kafka that differ from the defaults
 * @param entries of the ledger, each of a session of its own
 * @param fillSeconds in which metering counted them, of which so many of processor time
 * @param counted entries in the totals of the tenants in the end
 */
public record RestartReport(
    Instant at,
    String host,
    Map<String, String> settings,
    long entries,
    double fillSeconds,
    double fillCpuSeconds,
    List<Restart> restarts,
    long counted) {

  public RestartReport {
    settings = Map.copyOf(settings);
    restarts = List.copyOf(restarts);
  }

  /**
   * One restart.
   *
   * @param readySeconds from the start of the process until it is ready
   * @param headSeconds from the start until it has committed the last entry
   * @param cpuSeconds processor time of the process until then
   * @param mebibytesBefore of the stores at the kill
   * @param mebibytesAfter of the stores in the end
   */
  public record Restart(
      double readySeconds,
      double headSeconds,
      double cpuSeconds,
      double mebibytesBefore,
      double mebibytesAfter) {}

  /** Every entry is in the totals once. */
  public boolean exact() {
    return counted == entries;
  }
}
