package io.anyserve.loadtest;

import java.time.Duration;

/**
 * How a caller reads its stream.
 *
 * @param leaveAfter chunks after which it hangs up; 0 to stay until the end
 * @param pause after each chunk, before it reads on; zero to read as fast as it can
 * @param keepsText it needs the text of the answer
 */
public record ReadingStyle(int leaveAfter, Duration pause, boolean keepsText) {

  public static final ReadingStyle PLAIN = new ReadingStyle(0, Duration.ZERO, false);

  public ReadingStyle {
    if (leaveAfter < 0) {
      throw new IllegalArgumentException("leave after: " + leaveAfter + " (expected: >= 0)");
    }
    if (pause.isNegative()) {
      throw new IllegalArgumentException("pause: " + pause + " (expected: >= 0)");
    }
  }

  boolean leaves(int chunks) {
    return leaveAfter > 0 && chunks >= leaveAfter;
  }

  boolean pauses() {
    return !pause.isZero();
  }
}
