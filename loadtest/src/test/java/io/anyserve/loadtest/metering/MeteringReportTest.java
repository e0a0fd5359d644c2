package io.anyserve.loadtest.metering;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.event.Cost;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.contracts.event.ServedBy;
import io.anyserve.loadtest.Latency;
import io.anyserve.loadtest.metering.MeteringReport.Ledger;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

final class MeteringReportTest {

  private static final Throughput METERING = new Throughput(2, 30_000, 300_000);
  private static final Throughput FLOOR = new Throughput(4, 80_000, 800_000);

  @Test
  void theTableSaysRatesShareLagAndSums() {
    var report =
        new MeteringReport(
            Instant.EPOCH,
            "a machine",
            20_000,
            METERING,
            FLOOR,
            new MeteringReport.Lag(
                7_500, new Latency(9, 82_000, 81_200, 90_000, 120_000, 155_000, 160_000, 170_300)),
            new Ledger(5, 5, 5, 50, 50));

    assertEquals(
        """
        end to end                 chunks/s   requests/s
        metering                     150000        15000
        pass-through                 200000        20000
        metering / pass-through: 0.75

        milliseconds                 p50       p99       max
        lag at 7500/s               81.2     155.0     170.3

        ledger: 5 of 5 requests in 5 lines, 50 of 50 tokens: exact
        """,
        MeteringTable.of(report));
  }

  @Test
  void theLedgerIsExactWithOneLineForEachRequest() {
    var sums = new LedgerTotals();
    sums.add(line(0, 10));
    sums.add(line(1, 10));

    assertTrue(sums.against(2).exact());
    assertFalse(sums.against(3).exact(), "one is missing");
    sums.add(line(1, 10));
    assertEquals(new Ledger(3, 2, 3, 30, 30), sums.against(3));
    assertFalse(sums.against(3).exact(), "one is missing, another there twice");
  }

  @Test
  void theOpenLoopHasHalfTheMeasuredRateUnlessToldOtherwise() {
    assertEquals(7_500, new MeteringBench.Plan(0, 1, 256, OptionalDouble.empty()).rate(METERING));
    assertEquals(9, new MeteringBench.Plan(0, 1, 256, OptionalDouble.of(9)).rate(METERING));
  }

  @Test
  void refusesWhatCannotBeMeasured() {
    var half = OptionalDouble.empty();
    var none = OptionalDouble.of(0);
    assertThrows(IllegalArgumentException.class, () -> new MeteringBench.Plan(-1, 1, 256, half));
    assertThrows(IllegalArgumentException.class, () -> new MeteringBench.Plan(0, 0, 256, half));
    assertThrows(IllegalArgumentException.class, () -> new MeteringBench.Plan(0, 1, 255, half));
    assertThrows(IllegalArgumentException.class, () -> new MeteringBench.Plan(0, 1, 256, none));
  }

  private static LedgerEntry line(long number, long tokens) {
    var capability = new Capability("story");
    var context =
        new RequestContext(
            new TenantId("acme"),
            new SessionId("s"),
            "",
            capability,
            Map.of(),
            Instant.EPOCH,
            false);
    return new LedgerEntry(
        RequestTemplate.id(number),
        context,
        new ServedBy("story", "words", "worker", 1, false),
        Outcome.FINISHED,
        "",
        new TokenUsage(1, tokens, 0),
        tokens,
        LedgerEntry.Volume.NONE,
        Duration.ZERO,
        new LedgerEntry.Times(Optional.empty(), Optional.empty(), Instant.EPOCH),
        new Cost(0, ""),
        Optional.empty());
  }
}
