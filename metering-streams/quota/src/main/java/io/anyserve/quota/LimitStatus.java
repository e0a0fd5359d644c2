package io.anyserve.quota;

import java.time.Instant;

/**
 * How a limit stands in its current period.
 *
 * @param scope one tenant, key or session
 * @param used by requests that ended
 * @param reserved by requests that run
 */
public record LimitStatus(
    QuotaScope scope, QuotaLimit limit, long used, long reserved, Instant resetsAt) {

  /** What a request may still have; never negative. */
  public long left() {
    return Math.max(0, limit.amount() - used - reserved);
  }

  boolean isTighterThan(LimitStatus other) {
    return (double) left() / Math.max(1, limit.amount())
        < (double) other.left() / Math.max(1, other.limit.amount());
  }
}
