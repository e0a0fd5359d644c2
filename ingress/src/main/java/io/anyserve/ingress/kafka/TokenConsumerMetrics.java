package io.anyserve.ingress.kafka;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** What the records of {@code tokens} were: read = ours + foreign + malformed. Thread-safe. */
public final class TokenConsumerMetrics {

  private final Counter ours;
  private final Counter foreign;
  private final Counter malformed;

  public TokenConsumerMetrics(MeterRegistry registry) {
    ours = counter(registry, "ours");
    foreign = counter(registry, "foreign");
    malformed = counter(registry, "malformed");
  }

  private static Counter counter(MeterRegistry registry, String kind) {
    return Counter.builder("anyserve.ingress.tokens.records")
        .description("Records read from the reply partition: of requests in flight, others, broken")
        .tag("kind", kind)
        .register(registry);
  }

  void read(int ours, int foreign, int malformed) {
    this.ours.increment(ours);
    this.foreign.increment(foreign);
    this.malformed.increment(malformed);
  }
}
