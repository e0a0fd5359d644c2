package io.anyserve.contracts.event;

import java.time.Duration;
import java.time.Instant;

/** How long a window of usage is. All are cut at UTC. */
public enum WindowGranularity {
  MINUTE(Duration.ofMinutes(1)),
  HOUR(Duration.ofHours(1)),
  DAY(Duration.ofDays(1));

  private final Duration length;

  WindowGranularity(Duration length) {
    this.length = length;
  }

  public Duration length() {
    return length;
  }

  /** The start of the window that the time is in. */
  public Instant startOf(Instant time) {
    long millis = time.toEpochMilli();
    return Instant.ofEpochMilli(millis - Math.floorMod(millis, length.toMillis()));
  }
}
