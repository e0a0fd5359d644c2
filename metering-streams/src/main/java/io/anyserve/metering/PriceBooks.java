package io.anyserve.metering;

import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.event.Charge;
import java.time.Instant;

/** What requests cost, by the price book in effect when they ended. Thread-safe, never blocks. */
@FunctionalInterface
public interface PriceBooks {

  /**
   * {@link Charge#UNPRICED} where no book has a price.
   *
   * @param model as the worker named it; empty where none took the request
   * @param finished the request ended well
   */
  Charge charge(Instant endedAt, String model, TokenUsage usage, boolean finished);
}
