package io.anyserve.metering.query;

/**
 * Argument checks of text that a caller wrote: messages quote it cut, without control characters.
 */
public final class QueryChecks {

  private static final int LONGEST = 80;

  private QueryChecks() {}

  public static void that(boolean holds, String name, String value, String expected) {
    if (!holds) {
      throw refused(name, value, expected);
    }
  }

  public static IllegalArgumentException refused(String name, String value, String expected) {
    return new IllegalArgumentException(
        name + ": " + printable(value) + " (expected: " + expected + ")");
  }

  private static String printable(String value) {
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
