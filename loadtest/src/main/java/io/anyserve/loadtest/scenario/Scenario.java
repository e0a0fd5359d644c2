package io.anyserve.loadtest.scenario;

import io.anyserve.loadtest.report.Limit;
import io.anyserve.loadtest.report.Objective;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a load run sends and what is expected of it.
 *
 * @param seed of everything that is drawn: the same seed sends the same
 * @param times how long it lasts
 * @param callers at least one kind
 * @param backlog submitted beside the traffic, which then runs alone first
 * @param metrics addresses that are scraped, such as {@code http://127.0.0.1:7401/metrics}
 */
public record Scenario(
    String name,
    String description,
    long seed,
    Times times,
    TargetSettings target,
    Traffic traffic,
    List<CallerProfile> callers,
    Optional<Backlog> backlog,
    List<String> metrics,
    Checks checks) {

  public Scenario {
    callers = List.copyOf(callers);
    metrics = List.copyOf(metrics);
  }

  /**
   * How long it lasts.
   *
   * @param warmUp before the duration, not measured
   * @param patience how long requests may take after the last one was sent
   */
  public record Times(Duration warmUp, Duration duration, Duration patience) {}

  /**
   * Requests of the batch lane, submitted at once.
   *
   * @param requests so many that they outlast the duration
   */
  public record Backlog(
      int requests, String capability, LengthDistribution prompt, LengthDistribution answer) {}

  /** What makes a run a failure. */
  public record Checks(Optional<Objective> objective, List<Limit> limits) {

    public Checks {
      limits = List.copyOf(limits);
    }
  }
}
