package io.anyserve.worker.answer;

/**
 * Finds the end of a JSON value by its brackets and strings; more of its grammar is not checked.
 */
final class JsonSpan {

  /** What a character is to the value. */
  enum Place {
    INSIDE,
    /** The last one of the value. */
    END,
    /** The value, a number or a word, ended before it. */
    BEHIND,
    /** Not in any JSON. */
    NOWHERE
  }

  private static final String OUTSIDE_STRINGS = "{}[]:,\"+-. \t\r\n";

  private int depth;
  private boolean string;
  private boolean escaped;
  private boolean scalar;

  /** The next character; the first one is no space. */
  Place push(char next) {
    if (string) {
      return inString(next);
    }
    if (!Character.isLetterOrDigit(next) && OUTSIDE_STRINGS.indexOf(next) < 0) {
      return Place.NOWHERE;
    }
    if (depth == 0 && scalar) {
      return ",]} \t\r\n".indexOf(next) >= 0 ? Place.BEHIND : Place.INSIDE;
    }
    switch (next) {
      case '"' -> string = true;
      case '{', '[' -> depth++;
      case '}', ']' -> {
        if (--depth <= 0) {
          return depth == 0 ? Place.END : Place.NOWHERE;
        }
      }
      default -> {
        if (depth == 0) {
          scalar = true;
          return ",:".indexOf(next) >= 0 ? Place.NOWHERE : Place.INSIDE;
        }
      }
    }
    return Place.INSIDE;
  }

  private Place inString(char next) {
    if (escaped) {
      escaped = false;
    } else if (next == '\\') {
      escaped = true;
    } else if (next == '"') {
      string = false;
      return depth == 0 ? Place.END : Place.INSIDE;
    }
    return Place.INSIDE;
  }
}
