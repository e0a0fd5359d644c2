package io.anyserve.contracts;

/** Sums of amounts that are not negative; what would be above 2^63 - 1 is that. */
public final class Saturation {

  private Saturation() {}

  /** The order in which amounts are added makes no difference. */
  public static long add(long sum, long amount) {
    long next = sum + amount;
    return next < 0 ? Long.MAX_VALUE : next;
  }
}
