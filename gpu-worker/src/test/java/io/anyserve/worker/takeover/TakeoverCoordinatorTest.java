package io.anyserve.worker.takeover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.event.FencedStream;
import io.anyserve.contracts.event.FencedStream.Verdict;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Released;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.worker.TestRequests;
import io.anyserve.worker.publish.EventStreamWriter;
import io.anyserve.worker.publish.FakeOwner;
import io.anyserve.worker.schedule.PriorOutput;
import io.anyserve.worker.schedule.WorkItem;
import io.anyserve.worker.schedule.WorkerIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class TakeoverCoordinatorTest {

  static final WorkerIdentity IDENTITY =
      new WorkerIdentity(new WorkerId("w"), TestRequests.CAPABILITY, "words");

  private static final InferenceRequest REQUEST = TestRequests.interactive(1, "prompt", 9);
  static final int ATTEMPTS = 4;

  private static final long OTHER = 100;
  private static final long OWN = 200;

  private final TokenTopic topic = new TokenTopic();
  private final FakeOwner owner = new FakeOwner();
  private final List<PriorOutput> goesOn = new ArrayList<>();
  private final TakeoverCoordinator coordinator =
      new TakeoverCoordinator(
          IDENTITY,
          topic.publisher(),
          new TakeoverCoordinator.Means(topic.takeovers(), ATTEMPTS, Runnable::run));

  static Started started(InferenceRequest request) {
    return new Started(
        request.context(),
        new WorkerId("other"),
        TestRequests.CAPABILITY,
        "words",
        1,
        0,
        false,
        Optional.empty());
  }

  private EventStreamWriter stream(int attempt) {
    return new EventStreamWriter(REQUEST, TestRequests.SOURCE, attempt, OWN, owner);
  }

  private void begunBefore(int attempt, int chunks) {
    topic.write(REQUEST.id(), attempt, OTHER, started(REQUEST));
    for (int i = 0; i < chunks; i++) {
      topic.write(
          REQUEST.id(), attempt, OTHER, new Chunk(i, TokenIds.of(i), "t" + i, Optional.empty()));
    }
  }

  private void fence(EventStreamWriter stream) {
    coordinator.fence(stream, TestRequests.NOW, goesOn::add);
  }

  @Test
  void aRunBelowTheLogsAttemptGoesAboveIt() {
    begunBefore(3, 2);
    EventStreamWriter stream = stream(2);
    fence(stream);
    assertEquals(List.of(3, 2, 4), topic.begun());
    assertEquals(4, stream.attempt());
    assertEquals(2, goesOn.getFirst().chunks());
    assertEquals(List.of(), owner.heard());
    var progress = new FencedStream();
    topic.written().forEach(progress::apply);
    assertEquals(OWN, progress.executionId());
  }

  @Test
  void whoStoodStillForALockLeavesItToTheOther() {
    begunBefore(3, 2);
    owner.lose();
    EventStreamWriter stream = stream(2);
    fence(stream);
    assertEquals(List.of(3, 2), topic.begun());
    assertEquals(List.of("ELSEWHERE"), owner.heard());
    assertTrue(stream.closed());
    assertEquals(List.of(), goesOn);
  }

  @Test
  void whatHasEndedIsAcceptedWithoutWork() {
    begunBefore(1, 2);
    topic.write(
        REQUEST.id(),
        1,
        OTHER,
        new Cancelled(CancelReason.EXPLICIT, TokenUsage.NONE, Optional.empty()));
    fence(stream(2));
    assertEquals(List.of("ELSEWHERE"), owner.heard());
    assertEquals(List.of(), goesOn);
  }

  @Test
  void aStartedSaysWhereTheRequestLies() {
    fence(stream(2));
    TokenRecord record = topic.written().getFirst();
    assertEquals(Optional.of(TestRequests.SOURCE), ((Started) record.event()).source());
  }

  @Test
  void aRunThatWasFencedOffUnknowinglyCedes() {
    EventStreamWriter stream = stream(1);
    WorkItem work = TestRequests.work(stream);
    topic.publisher().write(stream, IDENTITY.started(stream, 1));
    coordinator.recheck(work);
    assertFalse(stream.closed());
    topic.write(REQUEST.id(), 2, OTHER, started(REQUEST));
    coordinator.recheck(work);
    assertTrue(stream.closed());
    assertEquals(List.of("ELSEWHERE"), owner.heard());
    assertInstanceOf(Released.class, topic.written().getLast().event());
  }

  @Test
  void aRunWhoseStartedIsStillUnderWayDoesNotCede() {
    begunBefore(1, 1);
    EventStreamWriter stream = stream(2);
    coordinator.recheck(TestRequests.work(stream));
    assertFalse(stream.closed());
  }

  private void failedBefore(int runs) {
    for (int attempt = 1; attempt <= runs; attempt++) {
      topic.write(REQUEST.id(), attempt, OTHER + attempt, started(REQUEST));
    }
  }

  @Test
  void theLastAttemptIsStillMade() {
    failedBefore(ATTEMPTS - 1);
    fence(stream(ATTEMPTS));
    assertEquals(1, goesOn.size());
    assertEquals(List.of(), owner.heard());
  }

  @Test
  void aRequestWhoseRunsAllFailedIsGivenUpAndClaimsWhatIsBilled() {
    topic.write(REQUEST.id(), 1, OTHER, started(REQUEST));
    topic.write(REQUEST.id(), 1, OTHER, new Chunk(0, TokenIds.of(5, 6), "t", Optional.empty()));
    for (int attempt = 2; attempt <= ATTEMPTS + 1; attempt++) {
      topic.write(REQUEST.id(), attempt, OTHER + attempt, started(REQUEST));
    }
    fence(stream(ATTEMPTS + 2));
    assertEquals(List.of(), goesOn);
    assertEquals(List.of("FAILED"), owner.heard());
    assertEquals(1, topic.deadLetters().size());
    var failed = assertInstanceOf(Failed.class, topic.written().getLast().event());
    assertEquals(FailureCode.ATTEMPTS_EXHAUSTED, failed.failure().code());
    assertEquals(
        "attempts: 4 in a row failed without a new token (expected: at most 3)",
        failed.failure().message());
    var progress = new FencedStream();
    topic.written().forEach(progress::apply);
    assertTrue(progress.ended());
    assertEquals(new TokenUsage(1, 2, 0), failed.usage());
    assertEquals(progress.usage(failed.usage()), failed.usage());
  }

  @Test
  void handOversAndRedeliveriesWithoutABeginningNeverEndARequest() {
    for (int attempt = 1; attempt < 3 * ATTEMPTS; attempt++) {
      topic.write(REQUEST.id(), attempt, OTHER + attempt, started(REQUEST));
      topic.write(REQUEST.id(), attempt, OTHER + attempt, new Released("the worker stops"));
    }
    fence(stream(9 * ATTEMPTS));
    assertEquals(1, goesOn.size());
  }

  @Test
  void aStreamThatIsReadBackKnowsWhereItsRequestBegan() {
    topic.write(TestRequests.interactive(9, "another", 9).id(), 1, OTHER, started(REQUEST));
    begunBefore(1, 2);
    EventStreamWriter stream = stream(2);
    assertTrue(stream.unfenced());
    fence(stream);
    assertEquals(1, stream.firstOffset());
    assertFalse(stream.unfenced());
  }

  @Test
  void aStartedBeforeTheReadBackDoesNotClaimToKnowThePrompt() {
    EventStreamWriter stream = stream(2);
    fence(stream);
    assertEquals(0, ((Started) topic.written().getFirst().event()).promptTokens());
    assertFalse(stream.repeats(IDENTITY.started(stream, 3)));
  }

  private void giveUp(EventStreamWriter stream, Throwable why) {
    coordinator.giveUp(TestRequests.work(stream), why);
  }

  @Test
  void aRequestAtWhichTheWorkerFailsIsADeadLetterAndAFailure() {
    giveUp(stream(1), new StackOverflowError());
    assertEquals(1, topic.deadLetters().size());
    assertEquals(List.of("FAILED"), owner.heard());
    var failed = assertInstanceOf(Failed.class, topic.written().getLast().event());
    assertEquals(
        new Failure(FailureCode.INTERNAL, "the worker failed: StackOverflowError"),
        failed.failure());
    assertEquals(Verdict.ACCEPTED, new FencedStream().apply(topic.written().getLast()));
  }

  @Test
  void whatOthersBeganIsFencedOffBeforeItIsGivenUp() {
    begunBefore(1, 2);
    giveUp(stream(2), new StackOverflowError());
    assertEquals(List.of(1, 2), topic.begun());
    assertEquals(List.of("FAILED"), owner.heard());
    var failed = assertInstanceOf(Failed.class, topic.written().getLast().event());
    assertEquals(new TokenUsage(1, 2, 0), failed.usage());
  }

  @Test
  void whereNotEvenAFailureCanBeWrittenTheRecordIsRefusedWithALetter() {
    giveUp(stream(Integer.MAX_VALUE), new StackOverflowError());
    assertEquals(List.of("REFUSED"), owner.heard());
    assertEquals(1, topic.deadLetters().size());
    assertEquals(List.of(), topic.written());
  }

  @Test
  void withoutALetterARequestIsNotGivenUp() {
    topic.refuse(TokenTopic.TOPICS.deadLetters());
    giveUp(stream(1), new StackOverflowError());
    assertEquals(List.of("LOST"), owner.heard());
    assertEquals(List.of(), topic.written());
  }

  @Test
  void anAttemptInTheLogThatNothingCanBeAboveEndsTheRequest() {
    topic.write(REQUEST.id(), TokenRecord.MAX_ATTEMPT, OTHER, started(REQUEST));
    fence(stream(2));
    assertEquals(List.of("REFUSED"), owner.heard());
    assertEquals(1, topic.deadLetters().size());
    assertEquals(List.of(), goesOn);
  }
}
