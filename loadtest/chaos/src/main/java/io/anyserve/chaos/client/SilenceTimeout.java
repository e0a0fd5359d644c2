package io.anyserve.chaos.client;

import java.time.Duration;

/**
 * How long callers bear silence: a fixed time, and longer where requests take long anyway, so that
 * callers of a slow system do not add to its work by coming again. Thread-safe.
 */
final class SilenceTimeout {

  private static final double WEIGHT = 0.1;
  private static final int TIMES = 4;

  private final long least;
  private double usual;

  /**
   * Where nothing has ended yet.
   *
   * @param least silence that is always borne
   */
  SilenceTimeout(Duration least) {
    this.least = least.toNanos();
  }

  /** A request finished after that many nanoseconds. */
  synchronized void finished(long nanos) {
    usual += WEIGHT * (nanos - usual);
  }

  /** Silence, in nanoseconds, after which a caller tries elsewhere. */
  synchronized long silence() {
    return Math.max(least, (long) (TIMES * usual));
  }
}
