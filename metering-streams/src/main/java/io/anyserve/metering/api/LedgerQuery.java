package io.anyserve.metering.api;

import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.Outcome;
import java.util.Optional;

/**
 * Ledger lines.
 *
 * @param range of the times at which requests ended
 * @param cursor of the page before
 */
record LedgerQuery(
    TenantScope scope,
    TimeRange range,
    UsageFilter filter,
    Optional<Outcome> outcome,
    int limit,
    Optional<LedgerPageToken> cursor) {

  static final int DEFAULT_LIMIT = 100;
  static final int MOST = 1_000;

  LedgerQuery {
    QueryChecks.that(limit >= 1 && limit <= MOST, "limit", limit, "1 to " + MOST);
  }

  boolean matches(LedgerEntry entry) {
    return scope.covers(entry.context().tenant())
        && range.contains(entry.times().endedAt())
        && (outcome.isEmpty() || outcome.get() == entry.outcome())
        && filter.matches(entry);
  }
}
