package io.anyserve.quota;

/** Argument checks whose messages name the offending and the expected value. */
final class QuotaChecks {

  private QuotaChecks() {}

  static void that(boolean holds, String name, Object value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
    }
  }
}
