package io.anyserve.runtime;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * What a process tells about itself, on whichever port.
 *
 * @param notReadyReasons what keeps the process from being ready
 */
public record ProcessStatus(
    PrometheusMeterRegistry registry, Supplier<List<Health.Down>> notReadyReasons) {

  /** Media type of {@link #metrics}. */
  public static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  /** Media type of the rest. */
  public static final String PLAIN = "text/plain; charset=utf-8";

  /** What {@code /health} answers as long as the process answers at all. */
  public static final String UP = "up\n";

  private static final int OK = 200;
  private static final int UNAVAILABLE = 503;

  /** In the text format of Prometheus. */
  public String metrics() {
    return registry.scrape();
  }

  /** Ready, or a line for each part that is not, with the reason. */
  public Answer readiness() {
    return readiness(down -> down.part() + ": " + down.why() + "\n");
  }

  /** Ready, or a line for each part that is not: what strangers may know. */
  public Answer readinessWithoutReasons() {
    return readiness(down -> down.part() + "\n");
  }

  private Answer readiness(Function<Health.Down, String> line) {
    List<Health.Down> reasons = notReadyReasons.get();
    return reasons.isEmpty()
        ? new Answer(OK, "ready\n")
        : new Answer(
            UNAVAILABLE, reasons.stream().map(line).distinct().collect(Collectors.joining()));
  }

  /**
   * Whether the process takes work.
   *
   * @param status of HTTP
   */
  public record Answer(int status, String text) {}
}
