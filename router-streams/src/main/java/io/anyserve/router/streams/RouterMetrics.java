package io.anyserve.router.streams;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.event.Outcome;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;

/**
 * Counts what the router does. Of the records of {@code intake}: {@code read = routed + refused +
 * duplicates + moved}, whatever is in them. Dead letters are not part of that sum: a record that is
 * refused for its form counts in both. Thread-safe.
 */
public final class RouterMetrics {

  /** How a request found its way. */
  public enum RoutingOutcome {
    DIRECT,
    DELEGATED,
    WAITING
  }

  private static final String READ = "anyserve.router.read";
  private static final String READ_IS = "Records read from intake";
  private static final String ROUTED = "anyserve.router.routed";
  private static final String ROUTED_IS = "Requests sent on to a capability";
  private static final String REFUSED = "anyserve.router.refused";
  private static final String REFUSED_IS = "Requests and records refused";
  private static final String DUPLICATES = "anyserve.router.duplicates";
  private static final String DUPLICATES_IS =
      "Submissions of idempotency keys and ids that were used before";
  private static final String MOVED = "anyserve.router.moved";
  private static final String MOVED_IS = "Records written again to the partition of their id";
  private static final String RESULTS = "anyserve.router.results";
  private static final String RESULTS_IS = "Asynchronous results written";
  private static final String RECOVERED = "anyserve.router.recovered";
  private static final String RECOVERED_IS = "Requests of lost workers published again";
  private static final String RECOVERY_FAILED = "anyserve.router.recovery.failed";
  private static final String RECOVERY_FAILED_IS =
      "Requests of lost workers that the log no longer holds";
  private static final String PURGED = "anyserve.router.purged";
  private static final String PURGED_IS = "Asynchronous requests forgotten by age";

  private final MeterRegistry registry;

  /** Registers every counter at zero, so that dashboards show it from the start. */
  public RouterMetrics(MeterRegistry registry) {
    this.registry = registry;
    counter(READ, READ_IS);
    for (RoutingOutcome way : RoutingOutcome.values()) {
      counter(ROUTED, ROUTED_IS, "outcome", lower(way));
    }
    for (FailureCode code : FailureCode.values()) {
      counter(REFUSED, REFUSED_IS, "code", lower(code));
    }
    for (Outcome outcome : Outcome.values()) {
      counter(RESULTS, RESULTS_IS, "outcome", lower(outcome));
    }
    counter(DUPLICATES, DUPLICATES_IS);
    counter(MOVED, MOVED_IS);
    counter(RECOVERED, RECOVERED_IS);
    counter(RECOVERY_FAILED, RECOVERY_FAILED_IS);
    counter(PURGED, PURGED_IS);
  }

  public void read() {
    count(READ, READ_IS);
  }

  public void routed(RoutingOutcome way) {
    count(ROUTED, ROUTED_IS, "outcome", lower(way));
  }

  public void refused(FailureCode code) {
    count(REFUSED, REFUSED_IS, "code", lower(code));
  }

  public void duplicate() {
    count(DUPLICATES, DUPLICATES_IS);
  }

  public void moved() {
    count(MOVED, MOVED_IS);
  }

  public void deadLetter(String topic) {
    count("anyserve.router.dead.letters", "Records put into the dead letters", "topic", topic);
  }

  void ignored(String topic) {
    count("anyserve.router.ignored", "Unreadable rows of tables, ignored", "topic", topic);
  }

  public void result(Outcome outcome) {
    count(RESULTS, RESULTS_IS, "outcome", lower(outcome));
  }

  public void recovered() {
    count(RECOVERED, RECOVERED_IS);
  }

  public void recoveryFailed() {
    count(RECOVERY_FAILED, RECOVERY_FAILED_IS);
  }

  public void purged(int count) {
    counter(PURGED, PURGED_IS).increment(count);
  }

  private void count(String name, String description, String... tags) {
    counter(name, description, tags).increment();
  }

  private Counter counter(String name, String description, String... tags) {
    return Counter.builder(name).description(description).tags(tags).register(registry);
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
