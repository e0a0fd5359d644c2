package io.anyserve.quota;

import io.anyserve.contracts.validation.Preconditions;

/**
 * How much of each unit.
 *
 * @param cost millionths of the currency
 */
public record QuotaAmounts(long tokens, long requests, long cost) {

  public static final QuotaAmounts NONE = new QuotaAmounts(0, 0, 0);

  public QuotaAmounts {
    Preconditions.that(tokens >= 0, "tokens", tokens, ">= 0");
    Preconditions.that(requests >= 0, "requests", requests, ">= 0");
    Preconditions.that(cost >= 0, "cost", cost, ">= 0");
  }

  public long of(QuotaUnit unit) {
    return switch (unit) {
      case TOKENS -> tokens;
      case REQUESTS -> requests;
      case COST -> cost;
    };
  }

  QuotaAmounts plus(QuotaAmounts other) {
    return new QuotaAmounts(
        capped(tokens + other.tokens),
        capped(requests + other.requests),
        capped(cost + other.cost));
  }

  QuotaAmounts minus(QuotaAmounts other) {
    return new QuotaAmounts(
        Math.max(0, tokens - other.tokens),
        Math.max(0, requests - other.requests),
        Math.max(0, cost - other.cost));
  }

  /** A sum that would overflow stays where no limit can be. */
  private static long capped(long sum) {
    return sum < 0 ? Long.MAX_VALUE / 4 : Math.min(sum, Long.MAX_VALUE / 4);
  }
}
