package io.anyserve.contracts.event;

/**
 * What a request cost.
 *
 * @param micros millionths of the price book's currency
 * @param version of the price book; empty where none has a price
 */
public record Cost(long micros, String version) {

  /** More than any request costs, in millionths. */
  public static final long MOST = 1L << 45;

  /** No price book has a price for it. */
  public static final Cost UNPRICED = new Cost(0, "");

  public boolean priced() {
    return !version.isEmpty();
  }

  /** The same, or {@link #UNPRICED} where no request can cost that: it would spoil every sum. */
  public Cost plausible() {
    return micros < 0 || micros > MOST ? UNPRICED : this;
  }
}
