package io.anyserve.metering;

import io.anyserve.metering.aggregate.Aggregates.EntryStatus;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * What aggregation tells about itself. Thread-safe. Since the start of the process:
 *
 * <pre>
 * records of usage read = lines{counted} + lines{late} + lines{repeated} + lines{rejected}
 * </pre>
 *
 * Lines read back after a restart count again.
 */
final class AggregateMetrics {

  private static final String PREFIX = "anyserve.metering.aggregates.";

  private final Map<EntryStatus, Counter> lines = new EnumMap<>(EntryStatus.class);
  private final Counter rejected;
  private final Counter purged;
  private final Counter readBack;
  private final Timer lag;
  private final Timer flush;

  AggregateMetrics(MeterRegistry registry) {
    for (EntryStatus verdict : EntryStatus.values()) {
      lines.put(verdict, lines(registry, verdict.name().toLowerCase(Locale.ROOT)));
    }
    rejected = lines(registry, "rejected");
    purged = counter(registry, "purged", "Windows that are no longer kept");
    readBack = counter(registry, "read.back", "Ledger entries read again after a restart");
    lag =
        Timer.builder(PREFIX + "lag")
            .description("From a request's end in the log to its aggregates")
            .register(registry);
    flush =
        Timer.builder(PREFIX + "flush")
            .description("Time to write the aggregates that changed")
            .register(registry);
  }

  /**
   * @param behind from the end of the request until now; clocks may make it negative
   */
  void entry(EntryStatus verdict, Duration behind) {
    Counter counter = lines.get(verdict);
    if (counter != null) {
      counter.increment();
    }
    lag.record(behind.isNegative() ? Duration.ZERO : behind);
  }

  void rejected() {
    rejected.increment();
  }

  void purged() {
    purged.increment();
  }

  void readBack(long records) {
    readBack.increment((double) records);
  }

  void flushed(Duration time) {
    flush.record(time.isNegative() ? Duration.ZERO : time);
  }

  private static Counter lines(MeterRegistry registry, String verdict) {
    return Counter.builder(PREFIX + "lines")
        .description("Ledger entries aggregated")
        .tag("outcome", verdict)
        .register(registry);
  }

  private static Counter counter(MeterRegistry registry, String name, String description) {
    return Counter.builder(PREFIX + name).description(description).register(registry);
  }
}
