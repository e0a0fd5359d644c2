package io.anyserve.metering;

import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.LedgerEntry;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/** What leaves the two halves of metering. */
sealed interface TopologyOutput {

  /** For the ledger. */
  record Entry(LedgerEntry entry) implements TopologyOutput {}

  /**
   * For the quotas.
   *
   * @param tenant whose partition it goes to
   */
  record Settled(TenantId tenant, Bytes settlement) implements TopologyOutput {}

  /** For the dead letters, as it was. */
  record DeadLetter(@Nullable Bytes value) implements TopologyOutput {}

  /** A session as it stands now. */
  record Session(Bytes usage) implements TopologyOutput {}

  /** A tenant as it stands now. */
  record Tenant(Bytes usage) implements TopologyOutput {}

  /** A window as it stands now; null once it is no longer kept. */
  record Window(@Nullable Bytes usage) implements TopologyOutput {}
}
