package io.anyserve.metering;

import io.anyserve.contracts.event.LedgerEntry;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/** What leaves the two halves of metering. */
sealed interface Output {

  /** For the ledger. */
  record Line(LedgerEntry line) implements Output {}

  /** For the quotas. */
  record Settled(Settlements.Settlement settlement) implements Output {}

  /** For the dead letters, as it was. */
  record Letter(@Nullable Bytes value) implements Output {}

  /** A session as it stands now. */
  record Session(Bytes usage) implements Output {}

  /** A tenant as it stands now. */
  record Tenant(Bytes usage) implements Output {}

  /** A window as it stands now; null once it is no longer kept. */
  record Window(@Nullable Bytes usage) implements Output {}
}
