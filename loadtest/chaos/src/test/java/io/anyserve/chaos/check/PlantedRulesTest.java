package io.anyserve.chaos.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.audit.Violation;
import io.anyserve.audit.ViolationType;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.TopicOffset;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Finished;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What was planted has one right fate; every other one is found. */
final class PlantedRulesTest {

  private static final RequestId ID = CheckedRun.id(0);
  private static final TopicOffset AT = new TopicOffset("intake", 0, 7);
  private static final TenantId OWNER = new TenantId("default");
  private static final TenantId STRANGER = new TenantId("stranger");

  private final CheckedRun run = new CheckedRun();

  @ParameterizedTest
  @EnumSource(names = {"INVALID_REQUEST", "TOO_LARGE"})
  void aRefusalWithLetterAndResultIsRight(FailureCode code) {
    refused();
    run.log().addDeadLetter(AT);
    run.planted(ID, OWNER, failed(code));

    assertRight();
  }

  @Test
  void findsARefusalWithoutALetter() {
    refused();
    run.planted(ID, OWNER, failed(FailureCode.INVALID_REQUEST));

    found(ViolationType.UNEXPLAINED, "intake-0@7");
  }

  @Test
  void findsARefusalWithoutAResult() {
    refused();
    run.log().addDeadLetter(AT);

    found(ViolationType.LOST, "has no result");
  }

  @Test
  void findsARefusedRequestThatIsToldAnotherCode() {
    refused();
    run.log().addDeadLetter(AT);
    run.planted(ID, OWNER, failed(FailureCode.ENGINE_FAILED));

    found(ViolationType.WRONG, "(expected: [INVALID_REQUEST, TOO_LARGE])");
  }

  @Test
  void findsARefusedRequestThatRanAndIsBilled() {
    refused();
    run.log().addDeadLetter(AT);
    run.planted(ID, OWNER, failed(FailureCode.INVALID_REQUEST));
    run.logged(0, run.answer(0).text());

    found(ViolationType.WRONG, "was planted and ran");
    found(ViolationType.DRIFT, "is billed: " + run.answer(0).tokens());
  }

  @Test
  void whatIsWrongInTheLedgerOfAPlantedRequestIsAttributedToIt() {
    refused();
    run.event(0, 1, CheckedRun.RUN, run.started(0));
    run.event(0, 1, CheckedRun.RUN, run.end(0));

    found(ViolationType.DRIFT, "has no ledger line");
  }

  @Test
  void whatWasNotCommittedMustLeaveNothing() {
    run.planted(new PlantedRecord.Uncommitted(ID));
    assertRight();

    run.begun(0);

    found(ViolationType.WRONG, "transaction was not committed");
  }

  @Test
  void findsAResultOfWhatWasNotCommitted() {
    run.planted(new PlantedRecord.Uncommitted(ID));
    run.planted(ID, OWNER, failed(FailureCode.INVALID_REQUEST));

    found(ViolationType.WRONG, "transaction was not committed");
  }

  @Test
  void twoEqualResultsOfTwoSubmissionsAreRight() {
    run.planted(new PlantedRecord.Repeated(ID, OWNER, 2));
    run.planted(ID, OWNER, finished("Once"));
    run.planted(ID, OWNER, finished("Once"));

    assertRight();
  }

  @Test
  void findsASecondSubmissionWithoutAResult() {
    run.planted(new PlantedRecord.Repeated(ID, OWNER, 2));
    run.planted(ID, OWNER, finished("Once"));
    run.planted(ID, STRANGER, finished("Once"));

    found(ViolationType.LOST, "1 results (expected: 2)");
  }

  @Test
  void findsASecondSubmissionWithAnotherResult() {
    run.planted(new PlantedRecord.Repeated(ID, OWNER, 2));
    run.planted(ID, OWNER, finished("Once"));
    run.planted(ID, OWNER, finished("Twice"));

    found(ViolationType.WRONG, "different results");
  }

  @Test
  void aStrangerWhoUsesAnIdIsRefused() {
    run.planted(new PlantedRecord.Conflicting(ID, STRANGER));
    run.planted(ID, OWNER, finished("Once"));
    run.planted(ID, STRANGER, failed(FailureCode.IDEMPOTENCY_CONFLICT));

    assertRight();
  }

  @Test
  void findsAStrangerWhoGetsTheOwnersAnswer() {
    run.planted(new PlantedRecord.Conflicting(ID, STRANGER));
    run.planted(ID, STRANGER, finished("Once"));

    found(ViolationType.WRONG, "(expected: [IDEMPOTENCY_CONFLICT])");
  }

  @Test
  void findsAStrangerWhoGetsNothingOrPays() {
    run.planted(new PlantedRecord.Conflicting(ID, OWNER));
    run.logged(0, run.answer(0).text());

    found(ViolationType.LOST, "has no result");
    found(ViolationType.DRIFT, "is billed to default");
  }

  private void refused() {
    run.planted(new PlantedRecord.Refused(AT, ID));
  }

  private static Failed failed(FailureCode code) {
    return new Failed(new Failure(code, "planted"), TokenUsage.NONE, Optional.empty());
  }

  private static Finished finished(String text) {
    return new Finished(
        FinishReason.STOP,
        new TokenUsage(2, 1, 0),
        Optional.of(new Payload.Text(text)),
        Duration.ZERO);
  }

  private void assertRight() {
    assertEquals(List.of(), run.verdict().findings());
  }

  private void found(ViolationType harm, String what) {
    List<Violation> findings = run.verdict().findings();
    assertTrue(
        findings.stream()
            .anyMatch(
                one ->
                    one.harm() == harm
                        && one.ask() == Violation.PLANTED
                        && one.what().contains(what)),
        () -> what + " is not in " + findings);
  }
}
