package io.anyserve.metering.query.ledger;

import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.contracts.validation.Preconditions;
import io.anyserve.metering.query.TenantScope;
import io.anyserve.metering.query.TimeRange;
import io.anyserve.metering.query.UsageFilter;
import java.util.Optional;

/**
 * Ledger entries.
 *
 * @param range of the times at which requests ended
 * @param cursor of the page before
 */
public record LedgerQuery(
    TenantScope scope,
    TimeRange range,
    UsageFilter filter,
    Optional<Outcome> outcome,
    int limit,
    Optional<LedgerPageToken> cursor) {

  public static final int DEFAULT_LIMIT = 100;
  static final int MOST = 1_000;

  public LedgerQuery {
    Preconditions.that(limit >= 1 && limit <= MOST, "limit", limit, "1 to " + MOST);
  }

  public boolean matches(LedgerEntry entry) {
    return scope.covers(entry.context().tenant())
        && range.contains(entry.times().endedAt())
        && (outcome.isEmpty() || outcome.get() == entry.outcome())
        && filter.matches(entry);
  }
}
