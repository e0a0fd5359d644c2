package io.anyserve.contracts.event;

import io.anyserve.contracts.TokenUsage;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What tokens cost from a time on, until the next book takes effect.
 *
 * @param version names the book; a book is never changed, a new one replaces it
 * @param currency ISO 4217
 * @param prices by model; {@link #ANY} for all that have no price of their own
 */
public record PriceBook(
    String version, Instant effectiveFrom, String currency, Map<String, Price> prices) {

  /** Stands for every model without a price of its own. */
  public static final String ANY = "*";

  public PriceBook {
    prices = Map.copyOf(prices);
    require(version.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}"), "version", version, "a name");
    require(currency.matches("[A-Z]{3}"), "currency", currency, "three letters, ISO 4217");
  }

  /**
   * Of one model, in millionths of the currency.
   *
   * @param prompt for a million tokens that were not found in a cache
   * @param completion for a million tokens
   * @param cached for a million prompt tokens found in a cache
   * @param request for each finished request
   */
  public record Price(long prompt, long completion, long cached, long request) {

    private static final BigInteger MILLION = BigInteger.valueOf(1_000_000);
    private static final BigInteger HALF = BigInteger.valueOf(500_000);

    public Price {
      require(prompt >= 0, "prompt", prompt, ">= 0");
      require(completion >= 0, "completion", completion, ">= 0");
      require(cached >= 0, "cached", cached, ">= 0");
      require(request >= 0, "request", request, ">= 0");
    }

    /**
     * In millionths, rounded half up over the whole request; at most {@link Long#MAX_VALUE}.
     *
     * @param finished the request ended well
     */
    public long of(TokenUsage usage, boolean finished) {
      BigInteger millionths =
          product(usage.prompt() - usage.cached(), prompt)
              .add(product(usage.completion(), completion))
              .add(product(usage.cached(), cached))
              .add(HALF)
              .divide(MILLION)
              .add(BigInteger.valueOf(finished ? request : 0));
      return millionths.min(BigInteger.valueOf(Long.MAX_VALUE)).longValue();
    }

    private static BigInteger product(long tokens, long price) {
      return BigInteger.valueOf(tokens).multiply(BigInteger.valueOf(price));
    }
  }

  /** Empty where the book has a gap. */
  public Optional<Price> price(String model) {
    return Optional.ofNullable(prices.getOrDefault(model, prices.get(ANY)));
  }

  private static void require(boolean holds, String name, Object value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(
          "price book " + name + ": " + value + " (expected: " + expected + ")");
    }
  }
}
