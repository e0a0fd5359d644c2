package io.anyserve.metering.export;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.event.Cost;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.contracts.event.ServedBy;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Ledger entries of made-up requests. */
final class TestEntries {

  static final Instant END = Instant.parse("2026-11-20T10:00:00.250Z");

  private TestEntries() {}

  static RequestId id(int number) {
    return new RequestId(7, number);
  }

  static LedgerEntry entry(int number) {
    return new LedgerEntry(
        id(number),
        new RequestContext(
            new TenantId("acme"),
            new SessionId("s1"),
            "key-1",
            new Capability("chat"),
            Map.of("team", "blue"),
            END.minusSeconds(1),
            false),
        new ServedBy("chat", "tiny", "worker-1", 1, false),
        Outcome.FINISHED,
        "",
        new TokenUsage(7, 11, 3),
        4,
        new LedgerEntry.Volume(100, 200),
        Duration.ofMillis(5),
        new LedgerEntry.Times(
            Optional.of(END.minusMillis(200)), Optional.of(END.minusMillis(150)), END),
        new Cost(42, "v1"),
        Optional.empty());
  }
}
