package io.anyserve.contracts.quota;

/**
 * How much of each measure.
 *
 * @param cost millionths of the currency
 */
public record Amounts(long tokens, long requests, long cost) {

  public static final Amounts NONE = new Amounts(0, 0, 0);

  public Amounts {
    Expect.that(tokens >= 0, "tokens", tokens, ">= 0");
    Expect.that(requests >= 0, "requests", requests, ">= 0");
    Expect.that(cost >= 0, "cost", cost, ">= 0");
  }

  public long of(Measure measure) {
    return switch (measure) {
      case TOKENS -> tokens;
      case REQUESTS -> requests;
      case COST -> cost;
    };
  }

  Amounts plus(Amounts other) {
    return new Amounts(
        capped(tokens + other.tokens),
        capped(requests + other.requests),
        capped(cost + other.cost));
  }

  Amounts minus(Amounts other) {
    return new Amounts(
        Math.max(0, tokens - other.tokens),
        Math.max(0, requests - other.requests),
        Math.max(0, cost - other.cost));
  }

  /** A sum that would overflow stays where no limit can be. */
  private static long capped(long sum) {
    return sum < 0 ? Long.MAX_VALUE / 4 : Math.min(sum, Long.MAX_VALUE / 4);
  }
}
