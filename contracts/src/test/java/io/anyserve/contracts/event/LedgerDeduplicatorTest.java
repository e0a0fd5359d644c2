package io.anyserve.contracts.event;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import org.junit.jupiter.api.Test;

final class LedgerDeduplicatorTest {

  private final LedgerDeduplicator lines = new LedgerDeduplicator();

  @Test
  void aStretchThatIsDerivedAgainIsRepeatedUpToWhereItWas() {
    assertFalse(lines.repeated(0, line(0, 10, 100)));
    assertFalse(lines.repeated(0, line(0, 12, 100)));
    assertTrue(lines.repeated(0, line(0, 10, 100)));
    assertTrue(lines.repeated(0, line(0, 12, 100)));
    assertFalse(lines.repeated(0, line(0, 13, 101)));
  }

  @Test
  void partitionsOnBothSidesAreApart() {
    assertFalse(lines.repeated(0, line(0, 10, 100)));
    assertFalse(lines.repeated(0, line(1, 9, 99)));
    assertFalse(lines.repeated(1, line(0, 9, 99)));
  }

  @Test
  void aTopicMadeAnewBeginsAtItsFirstOffsetLater() {
    assertFalse(lines.repeated(0, line(0, 1_000, 100)));
    assertFalse(lines.repeated(0, line(0, 3, 500)));
    assertFalse(lines.repeated(0, line(0, 4, 500)));
    assertTrue(lines.repeated(0, line(0, 3, 500)));
    assertFalse(lines.repeated(0, line(0, 1_001, 501)));
  }

  private static LedgerEntry line(int partition, long offset, long endedAt) {
    return new LedgerEntry(
        new RequestId(1, offset),
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
        Optional.of(new TopicOffset("tokens", partition, offset)));
  }
}
