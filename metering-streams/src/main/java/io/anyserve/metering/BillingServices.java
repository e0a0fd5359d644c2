package io.anyserve.metering;

import io.anyserve.metering.prices.PriceCalculator;
import java.util.Optional;

/**
 * What takes part in counting from outside.
 *
 * @param settlements writes to the topic {@code quotas}; empty where nobody has quotas
 */
public record BillingServices(PriceCalculator prices, Optional<QuotaSettlements> settlements) {

  public static final BillingServices NONE =
      new BillingServices(PriceCalculator.UNPRICED, Optional.empty());

  public BillingServices with(PriceCalculator books) {
    return new BillingServices(books, settlements);
  }

  public BillingServices with(QuotaSettlements settling) {
    return new BillingServices(prices, Optional.of(settling));
  }
}
