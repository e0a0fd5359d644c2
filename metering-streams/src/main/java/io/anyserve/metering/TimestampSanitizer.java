package io.anyserve.metering;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Corrects timestamps of the log. They are the brokers'; a producer that sets its own may be far
 * ahead, and what it dates more than a day ahead counts as of now.
 */
record TimestampSanitizer(InstantSource clock) {

  private static final Duration AHEAD = Duration.ofDays(1);

  /** Milliseconds since the epoch, as is the timestamp. */
  long of(long timestamp) {
    Instant now = clock.instant();
    return timestamp > now.plus(AHEAD).toEpochMilli() ? now.toEpochMilli() : timestamp;
  }

  /** Why a timestamp was corrected, both in milliseconds since the epoch. */
  static RuntimeException implausible(long timestamp, long now) {
    return new IllegalArgumentException(
        "time: "
            + Instant.ofEpochMilli(timestamp)
            + " (expected: at most "
            + Instant.ofEpochMilli(now).plus(AHEAD)
            + ")");
  }
}
