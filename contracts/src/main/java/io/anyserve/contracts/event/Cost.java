package io.anyserve.contracts.event;

/**
 * What a request cost.
 *
 * @param micros millionths of the price book's currency
 * @param version of the price book; empty where none has a price
 */
public record Cost(long micros, String version) {

  /** No price book has a price for it. */
  public static final Cost UNPRICED = new Cost(0, "");

  public boolean priced() {
    return !version.isEmpty();
  }
}
