package io.anyserve.contracts.event;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.TopicOffset;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Ledger entries of which only the source and the end matter. */
final class LedgerEntries {

  private LedgerEntries() {}

  /**
   * @param endedAt milliseconds since the epoch
   */
  static LedgerEntry entry(Optional<TopicOffset> source, long endedAt) {
    return new LedgerEntry(
        new RequestId(1, 1),
        new RequestContext(
            new TenantId("t"),
            new SessionId("s"),
            "",
            new Capability("c"),
            Map.of(),
            Instant.EPOCH,
            false),
        new ServedBy("c", "m", "w", 1, false),
        Outcome.FINISHED,
        "",
        TokenUsage.NONE,
        0,
        LedgerEntry.Volume.NONE,
        Duration.ZERO,
        new LedgerEntry.Times(Optional.empty(), Optional.empty(), Instant.ofEpochMilli(endedAt)),
        Cost.UNPRICED,
        source);
  }
}
