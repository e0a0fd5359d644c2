package io.anyserve.metering.query;

import io.anyserve.contracts.event.WindowGranularity;
import io.anyserve.contracts.validation.Preconditions;
import java.time.Duration;
import java.time.Instant;

/**
 * A stretch of time.
 *
 * @param from inclusive
 * @param to exclusive
 */
public record TimeRange(Instant from, Instant to) {

  private static final Instant EARLIEST = Instant.EPOCH;
  private static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");

  public TimeRange {
    Preconditions.that(!from.isBefore(EARLIEST), "from", from, "not before " + EARLIEST);
    Preconditions.that(!to.isAfter(LATEST), "to", to, "not after " + LATEST);
    Preconditions.that(from.isBefore(to), "from", from, "before to, " + to);
  }

  Duration length() {
    return Duration.between(from, to);
  }

  public boolean contains(Instant time) {
    return !time.isBefore(from) && time.isBefore(to);
  }

  /** The whole windows that the range touches. */
  public TimeRange windows(WindowGranularity size) {
    Instant last = size.startOf(to.minusMillis(1));
    return new TimeRange(size.startOf(from), last.plus(size.length()));
  }

  /** How many of them there are. */
  public long count(WindowGranularity size) {
    return windows(size).length().dividedBy(size.length());
  }
}
