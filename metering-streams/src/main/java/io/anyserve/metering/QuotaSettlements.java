package io.anyserve.metering;

import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.quota.QuotaEvent;
import java.util.Optional;

/**
 * Makes the records that settle reserved quotas, one for an entry. They are written in the
 * transaction of the entry, so both are there or none; an entry that is derived again brings its
 * settlement again. Called by the thread that counts.
 */
@FunctionalInterface
public interface QuotaSettlements {

  /** Empty where the entry settles nothing. Asked only for entries whose context is reserved. */
  Optional<QuotaEvent.Settle> settle(LedgerEntry entry);
}
