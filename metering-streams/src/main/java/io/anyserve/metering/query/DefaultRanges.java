package io.anyserve.metering.query;

import io.anyserve.contracts.event.WindowGranularity;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** Which stretch of time a question means that does not say it. */
public record DefaultRanges(InstantSource clock) {

  private static final Duration DAY = Duration.ofDays(1);

  /** Up to now, as long as a chart of such windows usually is. */
  public TimeRange chart(WindowGranularity size, Optional<Instant> from, Optional<Instant> to) {
    return range(
        from,
        to,
        switch (size) {
          case MINUTE -> Duration.ofHours(1);
          case HOUR -> DAY;
          case DAY -> Duration.ofDays(30);
        });
  }

  /** The last day. */
  public TimeRange list(Optional<Instant> from, Optional<Instant> to) {
    return range(from, to, DAY);
  }

  public Instant now() {
    return clock.instant();
  }

  /** Without an end: up to what ends this very millisecond. */
  private TimeRange range(Optional<Instant> from, Optional<Instant> to, Duration usual) {
    Instant end = to.orElseGet(() -> clock.instant().plusMillis(1));
    return new TimeRange(from.orElseGet(() -> end.minus(usual)), end);
  }
}
