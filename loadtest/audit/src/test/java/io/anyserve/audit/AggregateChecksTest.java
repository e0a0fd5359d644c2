package io.anyserve.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.anyserve.audit.AggregateChecks.Limits;
import io.anyserve.audit.AggregateChecks.Match;
import io.anyserve.contracts.Capability;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.event.Cost;
import io.anyserve.contracts.event.LatencyHistogram;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.contracts.event.ServedBy;
import io.anyserve.contracts.event.UsageTotals;
import io.anyserve.contracts.event.WindowGranularity;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Sums are compared while they grow. */
final class AggregateChecksTest {

  private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");
  private static final UsageTotals ONE_TOKEN =
      new UsageTotals(
          0,
          0,
          0,
          new TokenUsage(0, 1, 0),
          0,
          LedgerEntry.Volume.NONE,
          Duration.ZERO,
          0,
          0,
          LatencyHistogram.EMPTY,
          LatencyHistogram.EMPTY);

  private final PublishedAggregates told = new PublishedAggregates();
  private final AggregateChecks rules = new AggregateChecks(told);
  private final LedgerEntry first = line(0);
  private final LedgerEntry second = line(1);
  private final AggregateKey tenant = new AggregateKey.OfTenant(first.context().tenant());

  @Test
  void aSumThatIsALineBehindAgreesUntilTheLineIsOld() {
    tell(UsageTotals.of(first));
    rules.add(first);
    rules.add(second);
    Instant ended = second.times().endedAt();

    assertEquals(new Match.Same(), match(limits(ended.minusSeconds(1))));
    assertInstanceOf(Match.Different.class, match(limits(ended)));
  }

  @Test
  void aSumThatIsWrongForItsLinesDiffersHoweverFarTheLedgerIs() {
    tell(UsageTotals.of(first).plus(ONE_TOKEN));
    rules.add(first);
    rules.add(second);

    assertInstanceOf(Match.Different.class, match(limits(Instant.MIN)));
  }

  @Test
  void aSumOfMoreThanTheLedgerHasDiffers() {
    tell(UsageTotals.of(first).plus(UsageTotals.of(second)));
    rules.add(first);

    assertInstanceOf(Match.Different.class, match(Limits.NONE));
    rules.add(second);
    assertEquals(new Match.Same(), match(Limits.NONE));
  }

  @Test
  void ofACutLedgerOnlyLaterSumsAreCompared() {
    rules.add(first);
    Instant ended = first.times().endedAt();
    Limits cut = new Limits(ended.minus(Duration.ofMinutes(30)), Instant.MAX, ended);

    assertEquals(new Match.Unknown(), match(cut));
    rules
        .matches(cut)
        .forEach(
            (key, match) -> {
              if (key instanceof AggregateKey.OfWindow window) {
                boolean before = window.start().isBefore(cut.linesSince());
                assertEquals(before, match instanceof Match.Unknown, key::toString);
              }
            });
  }

  @Test
  void aMinuteThatIsTooOldMayBeGone() {
    rules.add(first);
    Instant late = first.times().endedAt().plus(Duration.ofDays(3));
    Limits limits = new Limits(Instant.MIN, Instant.MAX, late);

    rules
        .matches(limits)
        .forEach(
            (key, match) -> {
              if (key instanceof AggregateKey.OfWindow window) {
                boolean minute = window.size() == WindowGranularity.MINUTE;
                assertEquals(minute, match instanceof Match.Unknown, key::toString);
              }
            });
  }

  private void tell(UsageTotals sum) {
    told.put(
        "acme", tenant, new PublishedAggregates.Published(NamedAmounts.of(sum), Optional.empty()));
  }

  private Match match(Limits limits) {
    return java.util.Objects.requireNonNull(rules.matches(limits).get(tenant));
  }

  private static Limits limits(Instant settledUntil) {
    return new Limits(Instant.MIN, settledUntil, settledUntil);
  }

  /** Entries end a second apart. */
  private static LedgerEntry line(int number) {
    var context =
        new RequestContext(
            new TenantId("acme"),
            new SessionId("s-" + number),
            "key",
            new Capability("story"),
            Map.of(),
            START,
            false);
    return new LedgerEntry(
        RequestId.parse("00000000-0000-7000-8000-00000000000" + number),
        context,
        new ServedBy("story", "m", "w", 1, false),
        Outcome.FINISHED,
        "",
        new TokenUsage(3, 4, 0),
        1,
        LedgerEntry.Volume.NONE,
        Duration.ofMillis(3),
        new LedgerEntry.Times(Optional.empty(), Optional.empty(), START.plusSeconds(1L + number)),
        Cost.UNPRICED,
        Optional.empty());
  }
}
