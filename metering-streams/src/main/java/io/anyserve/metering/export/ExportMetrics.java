package io.anyserve.metering.export;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/** What one way of handing on tells about itself. Thread-safe. */
final class ExportMetrics {

  private static final String PREFIX = "anyserve.metering.export.";
  private static final String SINK = "sink";

  private final Counter sent;
  private final Counter refused;
  private final Counter malformed;
  private final Counter failures;
  private volatile long lag;

  /**
   * @param sink topic or http
   */
  ExportMetrics(MeterRegistry registry, String sink) {
    sent = events(registry, sink, "sent");
    refused = events(registry, sink, "refused");
    malformed = events(registry, sink, "malformed");
    failures =
        Counter.builder(PREFIX + "failures")
            .description("Attempts to hand ledger lines on that failed and are made again")
            .tag(SINK, sink)
            .register(registry);
    Gauge.builder(PREFIX + "lag", () -> lag)
        .description("Ledger entries of this instance's partitions that are not exported yet")
        .tag(SINK, sink)
        .register(registry);
  }

  private static Counter events(MeterRegistry registry, String sink, String outcome) {
    return Counter.builder(PREFIX + "events")
        .description("Ledger entries exported, or sent to dlq instead")
        .tag(SINK, sink)
        .tag("outcome", outcome)
        .register(registry);
  }

  void sent(long events) {
    sent.increment((double) events);
  }

  /** The receiver does not take it. */
  void refused() {
    refused.increment();
  }

  /** A record of {@code usage} that is no ledger entry. */
  void malformed() {
    malformed.increment();
  }

  void failed() {
    failures.increment();
  }

  void lag(long entries) {
    lag = entries;
  }
}
