package io.anyserve.contracts.validation;

import java.util.regex.Pattern;

/** Argument checks whose messages name the offending and the expected value. */
public final class Preconditions {

  private static final Pattern MEDIA_TYPE =
      Pattern.compile("(?=.{3,127}$)[\\w.+-]+/[\\w.+-]+(; ?[\\w.+-]+=[\\w.+\"-]+)*");

  private Preconditions() {}

  public static void that(boolean holds, String name, Object value, String expected) {
    if (!holds) {
      throw refused(name, value, expected);
    }
  }

  /** A name that may appear in a topic name, an object key or a log line as it is. */
  public static void name(String kind, String value, NamePattern rule) {
    if (!rule.matches(value)) {
      throw refused(kind, printable(value), "a match of " + rule);
    }
  }

  /** Text that can travel: no NUL, no unpaired surrogate. */
  public static void text(String kind, String value) {
    if (value.indexOf('\0') >= 0) {
      throw refused(kind, printable(value), "text without NUL");
    }
    if (Utf8.hasUnpairedSurrogate(value)) {
      throw refused(kind, printable(value), "valid Unicode");
    }
  }

  /** Text on one line, such as a label: no control characters either. */
  public static void line(String kind, String value) {
    text(kind, value);
    if (value.codePoints().anyMatch(Character::isISOControl)) {
      throw refused(kind, printable(value), "text without control characters");
    }
  }

  public static void mediaType(String value) {
    that(
        MEDIA_TYPE.matcher(value).matches(),
        "content type",
        printable(value),
        "type/subtype, at most 127 characters");
  }

  /** For a value that no condition accepts, such as an unknown constant. */
  public static IllegalArgumentException refused(String name, Object value, String expected) {
    return new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
  }

  /** At most 80 characters, without control characters, for use in messages. */
  public static String printable(String value) {
    String shown = value.length() > 80 ? value.substring(0, 80) + "..." : value;
    return '"' + shown.replaceAll("\\p{Cc}", "?") + '"';
  }
}
