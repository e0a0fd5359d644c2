package io.anyserve.worker;

import io.anyserve.worker.schedule.Clocks;
import java.time.Duration;

/**
 * Notices that the process stood still, from beats that come too late: stopped, suspended, or not
 * given the processor. Owned by the thread that beats.
 */
final class PauseDetector {

  private final Clocks clocks;
  private final long bound;
  private long lastNanos;
  private long lastMillis;

  /**
   * @param bound the longest silence between two beats that is nothing special
   */
  PauseDetector(Clocks clocks, Duration bound) {
    this.clocks = clocks;
    this.bound = bound.toNanos();
    this.lastNanos = clocks.nanos().getAsLong();
    this.lastMillis = clocks.wall().millis();
  }

  /**
   * True when the time since the last beat was too long, by either clock: one of them stands still
   * where the machine sleeps, the other may be set.
   */
  boolean beat() {
    long nanos = clocks.nanos().getAsLong();
    long millis = clocks.wall().millis();
    boolean late =
        nanos - lastNanos > bound || Duration.ofMillis(millis - lastMillis).toNanos() > bound;
    lastNanos = nanos;
    lastMillis = millis;
    return late;
  }
}
