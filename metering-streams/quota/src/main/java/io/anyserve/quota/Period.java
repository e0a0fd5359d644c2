package io.anyserve.quota;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;

/** Over what time a limit counts, by the calendar of UTC; then it begins at zero again. */
public enum Period {
  MINUTE,
  DAY,
  MONTH;

  private static final long MINUTE_MILLIS = 60_000;
  private static final long DAY_MILLIS = 86_400_000;

  /** The start of the period that the time is in; both in milliseconds since the epoch. */
  long startOf(long time) {
    return switch (this) {
      case MINUTE -> time - Math.floorMod(time, MINUTE_MILLIS);
      case DAY -> time - Math.floorMod(time, DAY_MILLIS);
      case MONTH -> millis(date(time).withDayOfMonth(1));
    };
  }

  /** When the next one begins. */
  Instant endOf(long time) {
    long start = startOf(time);
    return Instant.ofEpochMilli(
        switch (this) {
          case MINUTE -> start + MINUTE_MILLIS;
          case DAY -> start + DAY_MILLIS;
          case MONTH -> millis(date(start).plusMonths(1));
        });
  }

  private static LocalDate date(long time) {
    return LocalDate.ofEpochDay(Math.floorDiv(time, DAY_MILLIS));
  }

  private static long millis(LocalDate date) {
    return date.atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
  }

  /** In lower case. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
