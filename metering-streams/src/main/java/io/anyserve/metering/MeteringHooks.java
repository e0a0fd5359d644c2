package io.anyserve.metering;

import io.anyserve.metering.prices.Pricing;
import java.util.Optional;

/**
 * What takes part in counting from outside.
 *
 * @param settlements writes to the topic {@code quotas}; empty where nobody has quotas
 */
public record MeteringHooks(Pricing prices, Optional<Settlements> settlements) {

  public static final MeteringHooks NONE = new MeteringHooks(Pricing.UNPRICED, Optional.empty());

  public MeteringHooks with(Pricing books) {
    return new MeteringHooks(books, settlements);
  }

  public MeteringHooks with(Settlements settling) {
    return new MeteringHooks(prices, Optional.of(settling));
  }
}
