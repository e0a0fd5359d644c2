package io.anyserve.metering;

import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.LedgerEntry;
import java.util.Optional;
import org.apache.kafka.common.utils.Bytes;

/**
 * Makes the records that settle reserved quotas, one for a line. They are written in the
 * transaction of the line, so both are there or none; a line that is derived again brings its
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

  /** Empty where the line settles nothing. Asked only for lines whose context is reserved. */
  Optional<Settlement> settle(LedgerEntry entry);
}
