package io.anyserve.loadtest.report;

import io.anyserve.loadtest.Latency;
import io.anyserve.loadtest.LatencyBucket;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One measured stretch of a run. Times are in microseconds and begin when a request was due, not
 * when it was sent.
 *
 * @param seconds of the stretch, without the wait for the last answers
 * @param errors by code
 * @param callers the same by kinds of callers
 * @param windows in order
 * @param processes what their metrics said meanwhile
 */
public record PhaseReport(
    String name,
    double seconds,
    Counts counts,
    Rates rates,
    Latencies latencies,
    Distributions distributions,
    Map<String, Errors> errors,
    List<CallerReport> callers,
    List<Window> windows,
    List<ProcessReport> processes) {

  public PhaseReport {
    errors = new TreeMap<>(errors);
    callers = List.copyOf(callers);
    windows = List.copyOf(windows);
    processes = List.copyOf(processes);
  }

  /**
   * Failed requests with the same code.
   *
   * @param first what the first one said
   */
  public record Errors(long requests, String first) {}

  /**
   * {@code sent = finished + failed + left + lost}.
   *
   * @param left the caller hung up on purpose
   * @param lost no end within the patience
   * @param good finished within the times of the objective; all finished where there is none
   */
  public record Counts(
      long sent,
      long finished,
      long failed,
      long left,
      long lost,
      long good,
      long chunks,
      long tokens) {

    /** Failed and lost ones, in percent of those sent. */
    public double errorPercent() {
      return sent == 0 ? 0 : 100.0 * (failed + lost) / sent;
    }
  }

  /**
   * Each second.
   *
   * @param offered requests sent
   * @param requests finished
   * @param goodput finished within the times of the objective
   */
  public record Rates(double offered, double requests, double tokens, double goodput) {}

  /**
   * Times of requests.
   *
   * @param firstToken until the first chunk
   * @param gap from one chunk to the next
   * @param perToken mean of a request from the first to the last token, for each token after the
   *     first
   * @param duration until the end
   * @param lag from when a request was due until it was sent: the generator's own
   */
  public record Latencies(
      Latency firstToken, Latency gap, Latency perToken, Latency duration, Latency lag) {}

  /** How times are distributed. */
  public record Distributions(List<LatencyBucket> firstToken, List<LatencyBucket> gap) {

    public Distributions {
      firstToken = List.copyOf(firstToken);
      gap = List.copyOf(gap);
    }
  }

  /** One kind of callers. */
  public record CallerReport(String name, Counts counts, Latencies latencies) {}

  /**
   * A part of the stretch.
   *
   * @param second from the start of the stretch to the end of the window
   * @param length seconds
   * @param inFlight at its end
   */
  public record Window(
      double second,
      double length,
      long sent,
      long finished,
      long failed,
      long tokens,
      long inFlight,
      Latency firstToken,
      Latency gap) {}
}
