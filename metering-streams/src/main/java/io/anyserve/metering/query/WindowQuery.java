package io.anyserve.metering.query;

import io.anyserve.contracts.event.WindowGranularity;
import io.anyserve.contracts.validation.Preconditions;
import java.util.Locale;

/**
 * Usage over time.
 *
 * @param range widened to whole windows
 */
public record WindowQuery(
    TenantScope scope, WindowGranularity size, TimeRange range, Selection selection) {

  static final int MOST_POINTS = 2_000;

  private static final int MOST_SERIES = 200;
  private static final int MOST_POINTS_ALTOGETHER = 100_000;

  public WindowQuery {
    long count = range.count(size);
    Preconditions.that(
        count <= MOST_POINTS,
        "size",
        size.name().toLowerCase(Locale.ROOT) + " from " + range.from() + " to " + range.to(),
        "at most " + MOST_POINTS + " windows, not " + count);
    range = range.windows(size);
  }

  /** Further ones are summed as other: an answer has a bounded size. */
  public int mostSeries() {
    return (int) Math.min(MOST_SERIES, MOST_POINTS_ALTOGETHER / range.count(size));
  }
}
