package io.anyserve.metering.aggregate;

import io.anyserve.contracts.event.WindowGranularity;
import java.time.Duration;
import java.time.Instant;

/** How long windows are kept, and with that how late an entry may come and still count in one. */
public final class Retention {

  private Retention() {}

  public static Duration of(WindowGranularity size) {
    return switch (size) {
      case MINUTE -> Duration.ofDays(2);
      case HOUR -> Duration.ofDays(100);
      case DAY -> Duration.ofDays(400);
    };
  }

  /** The start of the oldest window that is kept when the latest request ended at that time. */
  public static Instant oldest(WindowGranularity size, Instant latest) {
    return size.startOf(latest.minus(of(size)));
  }
}
