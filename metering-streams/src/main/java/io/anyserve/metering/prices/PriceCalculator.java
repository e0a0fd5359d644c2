package io.anyserve.metering.prices;

import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.event.Cost;
import java.time.Instant;

/** Says what requests cost. Called by the thread that counts, for each entry: it must not block. */
@FunctionalInterface
public interface PriceCalculator {

  /** Nothing has a price. */
  PriceCalculator UNPRICED = (_, _, _, _) -> Cost.UNPRICED;

  /**
   * By the book in effect at that time.
   *
   * @param model that answered; empty when nobody did
   * @param finished the request ended well
   */
  Cost charge(Instant endedAt, String model, TokenUsage usage, boolean finished);

  /**
   * Called before counting starts, in a thread that may wait: returns when all books that exist are
   * known. Throws a KafkaException when they cannot be read; it is called again after a pause then.
   */
  default void load() throws InterruptedException {}
}
