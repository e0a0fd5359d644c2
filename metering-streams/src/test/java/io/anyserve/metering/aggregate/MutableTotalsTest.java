package io.anyserve.metering.aggregate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.event.Cost;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.LedgerEntry.Times;
import io.anyserve.contracts.event.LedgerEntry.Volume;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.contracts.event.ServedBy;
import io.anyserve.contracts.event.UsageField;
import io.anyserve.contracts.event.UsageTotals;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class MutableTotalsTest {

  private static final List<LedgerEntry> ENTRIES =
      List.of(
          entry(Outcome.FINISHED, 1, Cost.UNPRICED),
          entry(Outcome.FAILED, 100, new Cost(900, "v1")),
          entry(Outcome.FAILED, 1_000, new Cost(90, "v1")),
          entry(Outcome.CANCELLED, 10_000, new Cost(9, "v1")));

  @Test
  void addsEveryAmountOfAnEntry() {
    MutableTotals totals = new MutableTotals();
    ENTRIES.forEach(totals::add);
    assertSums(totals.totals());
  }

  @Test
  void addsEveryAmountOfOtherTotals() {
    MutableTotals totals = new MutableTotals();
    for (LedgerEntry entry : ENTRIES) {
      MutableTotals one = new MutableTotals();
      one.add(entry);
      totals.add(one);
    }
    assertSums(totals.totals());
  }

  private static void assertSums(UsageTotals found) {
    UsageTotals expected =
        ENTRIES.stream().map(UsageTotals::of).reduce(UsageTotals.NONE, UsageTotals::plus);
    for (UsageField field : UsageField.ALL) {
      assertNotEquals(0, field.of(expected), field.wireName());
      assertEquals(field.of(expected), field.of(found), field.wireName());
    }
    assertEquals(expected, found);
  }

  private static LedgerEntry entry(Outcome outcome, int scale, Cost cost) {
    Instant end = Instant.parse("2026-11-20T12:00:00Z");
    return new LedgerEntry(
        new RequestId(1, scale),
        new RequestContext(
            new TenantId("t"),
            new SessionId("s"),
            "",
            new Capability("c"),
            Map.of(),
            Instant.EPOCH,
            false),
        new ServedBy("c", "m", "w", 1, false),
        outcome,
        "",
        new TokenUsage(3L * scale, 4L * scale, 2L * scale),
        5L * scale,
        new Volume(6L * scale, 7L * scale),
        Duration.ofMillis(8L * scale),
        new Times(Optional.of(end.minusMillis(scale)), Optional.of(end.minusMillis(1)), end),
        cost,
        Optional.empty());
  }
}
