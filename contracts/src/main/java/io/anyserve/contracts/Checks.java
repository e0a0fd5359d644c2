package io.anyserve.contracts;

import java.util.regex.Pattern;

/** Argument checks whose messages name the offending and the expected value. */
final class Checks {

  private Checks() {}

  static void that(boolean holds, String name, Object value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
    }
  }

  /** A name that may appear in a topic name, an object key or a log line as it is. */
  static void name(String kind, String value, Pattern pattern) {
    that(
        pattern.matcher(value).matches(),
        kind,
        printable(value),
        "a match of " + pattern.pattern());
  }

  /** At most 80 characters, without control characters, for use in messages. */
  static String printable(String value) {
    String shown = value.length() > 80 ? value.substring(0, 80) + "..." : value;
    return '"' + shown.replaceAll("\\p{Cntrl}", "?") + '"';
  }
}
