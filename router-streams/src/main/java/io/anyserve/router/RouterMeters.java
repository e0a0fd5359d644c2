package io.anyserve.router;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.event.Outcome;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;

/**
 * What the router counts. Of the records of {@code intake}: {@code read = routed + refused +
 * duplicates}, whatever is in them. Dead letters count on their own: what is refused for its form
 * is one as well. Thread-safe.
 */
final class RouterMeters {

  /** How a request found its way. */
  enum Way {
    DIRECT,
    DELEGATED,
    WAITING
  }

  private final MeterRegistry registry;

  RouterMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  void read() {
    count("anyserve.router.read", "Records read from intake");
  }

  void routed(Way way) {
    count("anyserve.router.routed", "Requests sent on to a capability", "way", lower(way));
  }

  void refused(FailureCode code) {
    count("anyserve.router.refused", "Requests and records refused", "code", lower(code));
  }

  void duplicate() {
    count("anyserve.router.duplicates", "Submissions of idempotency keys that were used before");
  }

  void deadLetter(String topic) {
    count("anyserve.router.dead.letters", "Records put into the dead letters", "topic", topic);
  }

  void ignored(String topic) {
    count("anyserve.router.ignored", "Unreadable rows of tables, ignored", "topic", topic);
  }

  void result(Outcome outcome) {
    count("anyserve.router.results", "Asynchronous results written", "outcome", lower(outcome));
  }

  void rescued() {
    count("anyserve.router.rescued", "Requests of lost workers published again");
  }

  void unrescued() {
    count("anyserve.router.unrescued", "Requests of lost workers that the log no longer holds");
  }

  void purged(int count) {
    counter("anyserve.router.purged", "Asynchronous requests forgotten by age").increment(count);
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
