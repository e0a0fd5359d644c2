package io.anyserve.metering.prices;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Supplier;

/** What the prices tell about themselves. Thread-safe. */
final class PriceMetrics {

  private static final String PREFIX = "anyserve.metering.prices.";

  private final Counter malformed;
  private final Counter gap;
  private final Counter none;

  PriceMetrics(MeterRegistry registry, Supplier<Number> books) {
    Gauge.builder(PREFIX + "books", books).description("Price books known").register(registry);
    malformed =
        Counter.builder(PREFIX + "malformed")
            .description("Records of the topic prices that are no price book, sent to dlq")
            .register(registry);
    gap = unpriced(registry, "gap");
    none = unpriced(registry, "no_book");
  }

  private static Counter unpriced(MeterRegistry registry, String reason) {
    return Counter.builder(PREFIX + "unpriced")
        .description("Requests that no price book has a price for")
        .tag("reason", reason)
        .register(registry);
  }

  void malformed() {
    malformed.increment();
  }

  /** The book in effect has no price for a model. */
  void gap() {
    gap.increment();
  }

  /** No book is in effect. */
  void none() {
    none.increment();
  }
}
