package io.anyserve.worker.dispatch;

import io.anyserve.contracts.Capability;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * The deliveries that a worker acquired, by outcome. At any time
 *
 * <pre>
 * taken = finished + failed + cancelled + superseded + requeued + handed over + rejected + released
 *         + in flight
 * </pre>
 */
public final class DeliveryMetrics {

  private final Counter taken;
  private final Counter takeovers;
  private final Map<Disposition, Counter> settled = new EnumMap<>(Disposition.class);

  public DeliveryMetrics(MeterRegistry registry, Capability capability) {
    Tags tags = Tags.of("capability", capability.value());
    this.taken =
        Counter.builder("anyserve.worker.taken")
            .description("Records taken from the request topics, each delivery counted")
            .tags(tags)
            .register(registry);
    this.takeovers =
        Counter.builder("anyserve.worker.takeovers")
            .description("Requests continued after an earlier attempt")
            .tags(tags)
            .register(registry);
    for (Disposition settlement : Disposition.values()) {
      settled.put(settlement, counter(registry, tags, settlement));
    }
    Gauge.builder("anyserve.worker.in.flight", this::inFlight)
        .description("Deliveries whose execution is not over")
        .tags(tags)
        .register(registry);
  }

  private static Counter counter(MeterRegistry registry, Tags tags, Disposition settlement) {
    return Counter.builder("anyserve.worker.settled")
        .description("Deliveries by what became of them")
        .tags(tags.and("outcome", settlement.name().toLowerCase(Locale.ROOT)))
        .register(registry);
  }

  void taken() {
    taken.increment();
  }

  void takenOver() {
    takeovers.increment();
  }

  void settled(Disposition how) {
    settled.getOrDefault(how, taken).increment();
  }

  private double inFlight() {
    return taken.count() - settled.values().stream().mapToDouble(Counter::count).sum();
  }
}
