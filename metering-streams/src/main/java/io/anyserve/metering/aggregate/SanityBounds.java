package io.anyserve.metering.aggregate;

import java.time.Duration;

/** What no request can exceed: so large that every real one is far below. */
public final class SanityBounds {

  public static final long MOST_TOKENS = 1L << 40;
  public static final long MOST_BYTES = 1L << 45;
  static final Duration MOST_ENGINE_TIME = Duration.ofDays(7);

  /** Of a name in a ledger entry. */
  static final int MOST_CHARACTERS = 1_024;

  private SanityBounds() {}

  /** Throws an IllegalArgumentException when the count is impossible. */
  public static void count(String name, long count, long most) {
    if (count < 0 || count > most) {
      throw new IllegalArgumentException(name + ": " + count + " (expected: 0 to " + most + ")");
    }
  }

  /** Throws an IllegalArgumentException when the time is impossible. */
  public static void engineTime(Duration time) {
    if (time.isNegative() || time.compareTo(MOST_ENGINE_TIME) > 0) {
      throw new IllegalArgumentException(
          "engine time: " + time + " (expected: PT0S to " + MOST_ENGINE_TIME + ")");
    }
  }

  /** As much of a text as fits an entry, without half a character at its end. */
  public static String cut(String text) {
    boolean pair = Character.isHighSurrogate(text.charAt(MOST_CHARACTERS - 1));
    return text.substring(0, pair ? MOST_CHARACTERS - 1 : MOST_CHARACTERS);
  }

  /** Throws an IllegalArgumentException when an entry with that text would not fit its topic. */
  public static void length(String name, String text) {
    if (text.length() > MOST_CHARACTERS) {
      throw new IllegalArgumentException(
          name + ": " + text.length() + " characters (expected: at most " + MOST_CHARACTERS + ")");
    }
  }
}
