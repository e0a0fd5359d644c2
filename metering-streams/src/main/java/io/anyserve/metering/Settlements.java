package io.anyserve.metering;

import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.LedgerEntry;
import java.util.Optional;
import org.apache.kafka.common.utils.Bytes;

/**
 * Makes the records that settle reserved quotas, one for an entry. They are written in the
 * transaction of the entry, so both are there or none; an entry that is derived again brings its
 * settlement again. Called by the thread that counts.
 */
@FunctionalInterface
public interface Settlements {

  /**
   * A record of the topic {@code quotas}, in the tenant's partition.
   *
   * @param tenant whose partition it goes to; see {@link
   *     io.anyserve.contracts.topic.TenantPartition}
   */
  record Settlement(Bytes key, Bytes value, TenantId tenant) {}

  /** Empty where the entry settles nothing. Asked only for entries whose context is reserved. */
  Optional<Settlement> settle(LedgerEntry entry);
}
