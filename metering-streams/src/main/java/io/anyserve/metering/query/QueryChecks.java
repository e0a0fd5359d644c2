package io.anyserve.metering.query;

/** Argument checks whose messages name the offending and the expected value. */
public final class QueryChecks {

  private static final int LONGEST = 80;

  private QueryChecks() {}

  public static void that(boolean holds, String name, Object value, String expected) {
    if (!holds) {
      throw refused(name, value, expected);
    }
  }

  public static IllegalArgumentException refused(String name, Object value, String expected) {
    return new IllegalArgumentException(
        name + ": " + printable(String.valueOf(value)) + " (expected: " + expected + ")");
  }

  /** Cut, and without control characters. */
  static String printable(String value) {
    String shown = value.length() > LONGEST ? value.substring(0, LONGEST) + "..." : value;
    return shown.codePoints().anyMatch(Character::isISOControl)
        ? shown
            .codePoints()
            .map(c -> Character.isISOControl(c) ? '?' : c)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString()
        : shown;
  }
}
