package io.anyserve.metering.prices;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.event.Cost;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.contracts.event.PriceBook;
import io.anyserve.contracts.event.PriceSchedule;
import io.anyserve.contracts.event.ServedBy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ReratingTest {

  private static final PriceBook BOOK =
      new PriceBook(
          "v2", Instant.EPOCH, "EUR", Map.of("m", new PriceBook.Price(1_000_000, 2_000_000, 0, 5)));

  private final Rerating rerating = new Rerating(PriceSchedule.of(List.of(BOOK)));

  @Test
  void linesAreSummedByTenantAndModel() {
    rerating.add(entry("a", "m", Outcome.FINISHED, new Cost(35, "v1")));
    rerating.add(entry("a", "m", Outcome.FINISHED, new Cost(30, "v1")));
    rerating.add(entry("a", "m", Outcome.FAILED, new Cost(30, "v1")));
    rerating.add(entry("b", "x", Outcome.FINISHED, new Cost(7, "v1")));

    assertEquals(
        Map.of(
            new Rerating.Group(new TenantId("a"), "m"), new Rerating.Row(3, 1, 0, 95, 100),
            new Rerating.Group(new TenantId("b"), "x"), new Rerating.Row(1, 1, 1, 7, 0)),
        rerating.rows());
    assertEquals(new Rerating.Row(4, 2, 1, 102, 100), rerating.total());
    assertEquals(-2, rerating.total().difference());
  }

  private static LedgerEntry entry(String tenant, String model, Outcome outcome, Cost cost) {
    return new LedgerEntry(
        new RequestId(1, 1),
        new RequestContext(
            new TenantId(tenant),
            new SessionId("s"),
            "",
            new Capability("c"),
            Map.of(),
            Instant.EPOCH,
            false),
        new ServedBy("c", model, "w", 1, false),
        outcome,
        "",
        new TokenUsage(10, 10, 0),
        1,
        LedgerEntry.Volume.NONE,
        Duration.ZERO,
        new LedgerEntry.Times(Optional.empty(), Optional.empty(), Instant.ofEpochMilli(1)),
        cost,
        Optional.empty());
  }
}
