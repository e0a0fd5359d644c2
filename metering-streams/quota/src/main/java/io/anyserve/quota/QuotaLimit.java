package io.anyserve.quota;

import io.anyserve.contracts.validation.Preconditions;

/**
 * No more than that in each period.
 *
 * @param amount tokens, requests or millionths of the currency; zero lets nothing in
 */
public record QuotaLimit(QuotaUnit unit, Period period, long amount) {

  /** Far from where sums of amounts overflow. */
  public static final long MOST = 1_000_000_000_000_000L;

  public QuotaLimit {
    Preconditions.that(
        amount >= 0 && amount <= MOST, unit + " per " + period, amount, "0 to " + MOST);
  }

  @Override
  public String toString() {
    return amount + " " + unit + " per " + period;
  }
}
