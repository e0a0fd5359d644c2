package io.anyserve.metering.query;

import io.anyserve.contracts.event.WindowGranularity;
import io.anyserve.contracts.validation.Preconditions;
import java.time.Duration;
import java.time.Instant;

/**
 * Who or what used most.
 *
 * @param size of the windows that are summed
 * @param range widened to whole windows
 */
public record TopQuery(
    TenantScope scope,
    GroupBy by,
    RankBy measure,
    WindowGranularity size,
    TimeRange range,
    int limit) {

  public static final int DEFAULT_LIMIT = 10;
  public static final int MOST = 1_000;

  /** Minutes and hours are kept that long; a little less, so that none vanishes meanwhile. */
  private static final Duration MINUTES_KEPT = Duration.ofHours(46);

  private static final Duration HOURS_KEPT = Duration.ofDays(99);

  private static final Duration MOST_MINUTES = Duration.ofHours(6);
  private static final Duration MOST_HOURS = Duration.ofDays(7);

  public TopQuery {
    Preconditions.that(limit >= 1 && limit <= MOST, "limit", limit, "1 to " + MOST);
    Preconditions.that(
        by != GroupBy.NONE, "by", "none", "session, key, model, capability or tenant");
    range = range.windows(size);
  }

  /** The finest windows that are still kept and not too many for the range. */
  public static WindowGranularity size(TimeRange range, Instant now) {
    Duration age = Duration.between(range.from(), now);
    if (range.length().compareTo(MOST_MINUTES) <= 0 && age.compareTo(MINUTES_KEPT) <= 0) {
      return WindowGranularity.MINUTE;
    }
    return range.length().compareTo(MOST_HOURS) <= 0 && age.compareTo(HOURS_KEPT) <= 0
        ? WindowGranularity.HOUR
        : WindowGranularity.DAY;
  }

  Selection selection() {
    return new Selection(by, UsageFilter.NONE);
  }

  public TopQuery withLimit(int other) {
    return new TopQuery(scope, by, measure, size, range, other);
  }
}
