package io.anyserve.metering.store;

import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.SessionUsage;
import io.anyserve.contracts.event.TenantUsage;

/**
 * Hears of what is counted, in the thread that counts: take it and return. After a fault it may
 * hear the same again, and of totals once more from a little earlier.
 */
public interface UsageListener {

  /** New totals, at most once for each flush. */
  default void session(SessionUsage usage) {}

  /** New totals, at most once for each flush. */
  default void tenant(TenantUsage usage) {}

  /** An entry that counts, as soon as it is counted. */
  default void entry(LedgerEntry entry) {}
}
