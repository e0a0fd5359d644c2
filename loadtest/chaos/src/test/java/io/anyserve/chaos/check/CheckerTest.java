package io.anyserve.chaos.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.audit.AggregateKey;
import io.anyserve.audit.Violation;
import io.anyserve.audit.ViolationType;
import io.anyserve.chaos.client.ClientObservation;
import io.anyserve.contracts.Capability;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.TopicOffset;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.contracts.event.ServedBy;
import io.anyserve.contracts.event.UsageTotals;
import io.anyserve.contracts.event.WindowGranularity;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every error that is planted in a run that is otherwise as it must be is found. */
final class CheckerTest {

  private final CheckedRun run = new CheckedRun();

  @Test
  void aRunAsItMustBeHasNoFindings() {
    run.finished(0);
    run.finished(1);
    run.submitted(2);

    CheckResult verdict = run.verdict();

    assertEquals(List.of(), verdict.findings());
    assertEquals(3, verdict.accepted());
    assertEquals(3, verdict.ended());
    assertEquals(verdict.tokens(), verdict.billed());
    assertTrue(verdict.tokens() > 0);
  }

  @Test
  void aTakeoverIsNoFinding() {
    run.takenOver(0);

    assertEquals(List.of(), run.verdict().findings());
  }

  @Test
  void whatAZombieWritesIsNoFinding() {
    run.finished(0);
    run.event(0, 1, 77, run.chunkOf("late", 9));
    run.event(0, 1, 77, run.end(4));

    assertEquals(List.of(), run.verdict().findings());
  }

  @Test
  void findsALostRequest() {
    run.finished(0);
    run.saw(1, ClientObservation.End.FINISHED, run.answer(1).text(), 0, 0);

    found(ViolationType.LOST, 1, "has no end");
  }

  @Test
  void findsACallerWithoutAnEnd() {
    run.finished(0, ClientObservation.End.GAVE_UP, run.answer(0).text().substring(0, 3), 0, 0);

    found(ViolationType.LOST, 0, "brought its caller no end");
  }

  @Test
  void findsARepeatedChunk() {
    run.finished(0, ClientObservation.End.FINISHED, run.answer(0).text(), 1, 0);

    found(ViolationType.REPEATED, 0, "1 chunks arrived again");
  }

  @Test
  void findsASkippedChunk() {
    run.finished(0, ClientObservation.End.FINISHED, run.answer(0).text(), 0, 2);

    found(ViolationType.LOST, 0, "2 chunks did not arrive");
  }

  @Test
  void findsAWrongText() {
    run.finished(0, ClientObservation.End.FINISHED, run.answer(0).text() + "!", 0, 0);

    found(ViolationType.WRONG, 0, "text differs");
  }

  @Test
  void findsAWrongTextInTheLogAlone() {
    run.logged(0, run.answer(0).text().toUpperCase(java.util.Locale.ROOT));
    run.saw(0, ClientObservation.End.FINISHED, run.answer(0).text(), 0, 0);

    found(ViolationType.WRONG, 0, "in the log");
  }

  @Test
  void findsTwoTerminalEvents() {
    run.finished(0);
    run.event(0, 1, CheckedRun.RUN, run.end(run.answer(0).tokens()));

    found(ViolationType.REPEATED, 0, "2 terminal events");
  }

  @Test
  void aRunThatBeginsAfterTheEndIsVoidAndCounted() {
    run.finished(0);
    assertEquals(0, run.verdict().again());
    run.event(0, 2, 99, run.started(0));
    run.event(0, 2, 99, run.end(run.answer(0).tokens()));

    CheckResult verdict = run.verdict();
    assertEquals(List.of(), verdict.findings());
    assertEquals(1, verdict.again());
  }

  @Test
  void findsAHoleInTheLog() {
    run.event(0, 1, CheckedRun.RUN, run.started(0));
    run.event(0, 1, CheckedRun.RUN, run.chunkOf("x", 3));

    List<Violation> findings = run.verdict().findings();

    assertTrue(
        findings.stream()
            .anyMatch(one -> one.harm() == ViolationType.LOST && one.what().contains("hole")),
        findings.toString());
  }

  @Test
  void findsADriftedLedger() {
    run.finishedButBilled(0, new TokenUsage(CheckedRun.PROMPT, run.answer(0).tokens() + 3, 0));

    Violation found = found(ViolationType.DRIFT, 0, "tokens billed");
    assertEquals(3, found.amount());
  }

  static Stream<Arguments> wrongFields() {
    return Stream.of(
        wrong("tokens billed", bill -> bill.using(new TokenUsage(CheckedRun.PROMPT, 4, 0), 3)),
        wrong("prompt tokens billed", bill -> bill.using(new TokenUsage(0, 3, 0), 3)),
        wrong(
            "cached tokens billed", bill -> bill.using(new TokenUsage(CheckedRun.PROMPT, 3, 2), 3)),
        wrong("chunks billed", bill -> bill.using(bill.usage(), 2)),
        wrong("attempts billed as 2", bill -> bill.by(new ServedBy("story", "m", "w", 2, false))),
        wrong(
            "capability billed as tale", bill -> bill.by(new ServedBy("tale", "m", "w", 1, false))),
        wrong("model billed as n", bill -> bill.by(new ServedBy("story", "n", "w", 1, false))),
        wrong("worker billed as v", bill -> bill.by(new ServedBy("story", "m", "v", 1, false))),
        wrong(
            "delegated billed as true", bill -> bill.by(new ServedBy("story", "m", "w", 1, true))),
        wrong(
            "context billed as", bill -> bill.of(other(bill.context(), "ghost", "s", "", "story"))),
        wrong(
            "context billed as",
            bill -> bill.of(other(bill.context(), "default", "t", "", "story"))),
        wrong(
            "context billed as",
            bill -> bill.of(other(bill.context(), "default", "", "k", "story"))),
        wrong(
            "context billed as", bill -> bill.of(other(bill.context(), "default", "", "", "tale"))),
        wrong("outcome billed as FAILED", bill -> bill.ending(Outcome.FAILED, "", Duration.ZERO)),
        wrong("code billed as X", bill -> bill.ending(Outcome.FINISHED, "X", Duration.ZERO)),
        wrong(
            "engine time billed as PT1S",
            bill -> bill.ending(Outcome.FINISHED, "", Duration.ofSeconds(1))));
  }

  private static Arguments wrong(String what, UnaryOperator<CheckedRun.Bill> change) {
    return Arguments.of(what, change);
  }

  private static RequestContext other(
      RequestContext right, String tenant, String session, String key, String capability) {
    return new RequestContext(
        new TenantId(tenant),
        session.isEmpty() ? right.session() : new SessionId(session),
        key,
        new Capability(capability),
        right.labels(),
        right.acceptedAt(),
        right.asynchronous());
  }

  @ParameterizedTest
  @MethodSource("wrongFields")
  void findsALineThatIsWrongInAnyField(String what, UnaryOperator<CheckedRun.Bill> change) {
    run.unbilled(0);
    run.bill(change.apply(run.bill(0)));

    found(ViolationType.DRIFT, 0, what);
  }

  static Stream<Arguments> wrongClaims() {
    return Stream.of(
        Arguments.of("its end says 2 tokens", new TokenUsage(CheckedRun.PROMPT, 2, 0)),
        Arguments.of("its end says 0 prompt tokens", new TokenUsage(0, 3, 0)),
        Arguments.of("cached tokens billed", new TokenUsage(CheckedRun.PROMPT, 3, 1)));
  }

  @ParameterizedTest
  @MethodSource("wrongClaims")
  void findsAnEndThatClaimsOtherCountsThanItsLine(String what, TokenUsage claimed) {
    run.begun(0);
    run.event(0, 1, CheckedRun.RUN, run.end(3).with(claimed));
    run.bill(run.bill(0));
    run.saw(0, ClientObservation.End.FINISHED, run.answer(0).text(), 0, 0);

    found(ViolationType.DRIFT, 0, what);
  }

  @Test
  void aFirstAttemptThatBeganAnewMayClaimLess() {
    run.begun(0);
    run.event(0, 1, 99, run.started(0));
    run.event(0, 1, 99, run.end(0));
    run.bill(run.bill(0));
    run.saw(0, ClientObservation.End.FINISHED, run.answer(0).text(), 0, 0);

    assertEquals(List.of(), run.verdict().findings());
  }

  @Test
  void thePromptIsBilledAsTheFirstRunHasItThatKnowsIt() {
    run.begun(0);
    run.event(0, 2, 99, run.started(0, 0));
    run.event(0, 2, 99, run.end(3));
    run.bill(run.bill(0).by(new ServedBy("story", "m", "w", 2, false)));
    run.saw(0, ClientObservation.End.FINISHED, run.answer(0).text(), 0, 0);

    assertEquals(List.of(), run.verdict().findings());
  }

  @Test
  void findsAResultThatSaysOtherCounts() {
    run.submittedWithoutResult(0);
    run.result(0, new TokenUsage(0, 3, 0));

    found(ViolationType.WRONG, 0, "its result is");
  }

  @Test
  void findsAMissingLedgerLine() {
    run.unbilled(0);

    assertEquals(run.answer(0).tokens(), found(ViolationType.DRIFT, 0, "no ledger line").amount());
  }

  @Test
  void findsASecondLedgerLine() {
    run.finished(0);
    run.billed(0, new TokenUsage(CheckedRun.PROMPT, run.answer(0).tokens(), 0));

    found(ViolationType.DRIFT, 0, "2 ledger lines");
  }

  @Test
  void findsSessionTotalsThatDoNotAddUp() {
    run.finished(0);
    run.forget(AggregateKey.OfSession.class::isInstance);

    found(ViolationType.DRIFT, Violation.NOBODY, "totals none");
    assertEquals(1, run.verdict().findings().size());
  }

  @Test
  void findsTenantAndWindowTotalsThatAreMissing() {
    run.finished(0);
    run.forget(AggregateKey.OfTenant.class::isInstance);
    run.forget(
        key ->
            key instanceof AggregateKey.OfWindow window && window.size() == WindowGranularity.HOUR);

    found(ViolationType.DRIFT, Violation.NOBODY, "tenant default totals none");
    found(ViolationType.DRIFT, Violation.NOBODY, "window default/HOUR/");
    assertEquals(4, run.verdict().findings().size());
  }

  @Test
  void findsTenantTotalsThatAreOffByOneToken() {
    run.finished(0);
    AggregateKey tenant = new AggregateKey.OfTenant(new TenantId("default"));
    UsageTotals right =
        run.log().lines().values().stream()
            .flatMap(List::stream)
            .map(UsageTotals::of)
            .reduce(UsageTotals.NONE, UsageTotals::plus);
    run.tell(tenant, withOneTokenMore(right));

    Violation found =
        found(ViolationType.DRIFT, Violation.NOBODY, "tenant default totals completion tokens: ");
    assertEquals(1, found.amount());
    run.tell(tenant, right);
    assertEquals(List.of(), run.verdict().findings());
  }

  @Test
  void findsTotalsOfNothing() {
    run.finished(0);
    run.tell(new AggregateKey.OfTenant(new TenantId("ghost")), UsageTotals.NONE);

    found(
        ViolationType.DRIFT,
        Violation.NOBODY,
        "tenant ghost totals sum of 0 requests without ledger lines");
  }

  @Test
  void findsOneKeyThatRanTwice() {
    int ask = run.askThatGoesInTwice();
    run.finished(ask);
    run.finishedAs(ask, CheckedRun.otherId(ask));

    found(ViolationType.REPEATED, ask, "one idempotency key");
  }

  @Test
  void findsAMissingAndARepeatedResult() {
    run.submittedWithoutResult(0);
    run.submitted(1);
    run.result(1);

    found(ViolationType.LOST, 0, "no result");
    found(ViolationType.REPEATED, 1, "2 results");
  }

  @Test
  void findsAMalformedRecordThatNobodyExplains() {
    TopicOffset explained = new TopicOffset("t", 0, 1);
    TopicOffset silent = new TopicOffset("t", 0, 2);
    run.log().addDeadLetter(explained);
    run.planted(new PlantedRecord.Unreadable(explained), new PlantedRecord.Unreadable(silent));

    found(ViolationType.UNEXPLAINED, Violation.PLANTED, "t-0@2");
    assertEquals(1, run.verdict().findings().size());
  }

  private static UsageTotals withOneTokenMore(UsageTotals totals) {
    return new UsageTotals(
        totals.finished(),
        totals.failed(),
        totals.cancelled(),
        totals.usage().plus(new TokenUsage(0, 1, 0)),
        totals.chunks(),
        totals.volume(),
        totals.engineTime(),
        totals.costMicros(),
        totals.unpriced(),
        totals.firstToken(),
        totals.duration());
  }

  private Violation found(ViolationType harm, int ask, String what) {
    List<Violation> findings = run.verdict().findings();
    Optional<Violation> found =
        findings.stream()
            .filter(one -> one.harm() == harm && one.ask() == ask && one.what().contains(what))
            .findFirst();
    return found.orElseThrow(() -> new AssertionError(what + " is not in " + findings));
  }
}
