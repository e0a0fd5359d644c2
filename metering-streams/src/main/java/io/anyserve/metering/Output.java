package io.anyserve.metering;

import io.anyserve.contracts.event.UsageLine;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/** What leaves the fold of a partition. */
sealed interface Output {

  /** For the ledger. */
  record Line(UsageLine line) implements Output {}

  /** For the dead letters, as it was. */
  record Letter(@Nullable Bytes value) implements Output {}
}
