package io.anyserve.chaos;

import io.anyserve.audit.Violation;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one run of the suite brought.
 *
 * @param offered the load
 * @param skipped kinds of faults that this machine does not allow, and why
 * @param codes of requests that failed or were refused, and how many of each
 * @param rows one for each kind that was injected
 * @param total of all requests, whatever happened meanwhile
 * @param recoveries of the faults, in their order
 * @param metrics what is wrong with the services' own counts; empty when they add up
 * @param findings all that is not as it must be
 */
public record FaultReport(
    Instant at,
    String engine,
    long seed,
    double seconds,
    Offered offered,
    Counts counts,
    Map<String, Long> codes,
    List<Row> rows,
    Row total,
    Map<String, String> skipped,
    List<Recovery> recoveries,
    List<String> metrics,
    List<Violation> findings) {

  public FaultReport {
    codes = Collections.unmodifiableMap(new TreeMap<>(codes));
    rows = List.copyOf(rows);
    skipped = Map.copyOf(skipped);
    recoveries = List.copyOf(recoveries);
    metrics = List.copyOf(metrics);
    findings = List.copyOf(findings);
  }

  /**
   * The load.
   *
   * @param rate requests a second
   * @param capacity what the machine carried before the first fault, requests a second; 0 where it
   *     was not measured
   */
  public record Offered(double rate, double capacity) {}

  /**
   * How one fault was got over.
   *
   * @param outage seconds from the fault until service was seen to go on
   * @param before requests under way when it came
   * @param peak the most under way after that
   * @param drained seconds from the fault until as many were under way as before; negative where
   *     the suite waited for that in vain
   */
  public record Recovery(
      String fault, String target, double outage, int before, int peak, double drained) {

    /** Gone within twice the outage, or within the time between two looks. */
    boolean prompt() {
      return drained >= 0 && drained <= Math.max(2 * outage, outage + 0.5);
    }
  }

  /**
   * Requests, by how they ended for their callers, and what the log holds.
   *
   * @param accepted requests that a caller was told were accepted
   * @param ended requests in the log with a terminal event, those that no caller knows of included
   * @param unclaimed requests in the log that no caller was told of
   * @param again requests that ran once more after their end: void, and work for nothing
   * @param resumed calls that went on at another ingress
   */
  public record Counts(
      long begun,
      long accepted,
      long finished,
      long failed,
      long cancelled,
      long left,
      long refused,
      long resumed,
      long ended,
      long unclaimed,
      long again,
      long chunks,
      long tokens,
      long billed) {}

  /**
   * What faults of one kind did.
   *
   * @param inFlight requests that were under way when one came
   * @param failed requests that ended with a failure meanwhile: told, not lost
   * @param drift tokens billed too much or too little
   * @param gapP50 seconds without an event, over the streams affected
   * @param outageMax seconds from a fault until service was seen to go on
   * @param drainedMax seconds from a fault until its backlog was gone, where it went
   */
  public record Row(
      String fault,
      int injections,
      long inFlight,
      long failed,
      long lost,
      long repeated,
      long wrong,
      long drift,
      double gapP50,
      double gapMax,
      double outageMax,
      double drainedMax) {}

  /** Faults whose backlog was gone within twice the outage. */
  public long prompt() {
    return recoveries.stream().filter(Recovery::prompt).count();
  }

  /** Nothing lost, repeated, wrong, drifted or unexplained. */
  public boolean clean() {
    return findings.isEmpty() && metrics.isEmpty();
  }
}
