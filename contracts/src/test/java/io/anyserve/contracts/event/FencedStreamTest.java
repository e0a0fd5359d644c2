package io.anyserve.contracts.event;

import static io.anyserve.contracts.event.FencedStream.Verdict.ACCEPTED;
import static io.anyserve.contracts.event.FencedStream.Verdict.DUPLICATE;
import static io.anyserve.contracts.event.FencedStream.Verdict.FENCED;
import static io.anyserve.contracts.event.FencedStream.Verdict.GAP;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Capability;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.event.FencedStream.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class FencedStreamTest {

  private static final RequestId REQUEST = new RequestId(1, 2);
  private static final RequestContext CONTEXT =
      new RequestContext(
          new TenantId("t"),
          new SessionId("s"),
          "",
          new Capability("c"),
          Map.of(),
          Instant.EPOCH,
          false);

  private final FencedStream progress = new FencedStream();

  @Test
  void countsAnUndisturbedStream() {
    assertEquals(ACCEPTED, started(1, 7));
    assertEquals(ACCEPTED, chunk(1, 7, 0));
    assertEquals(ACCEPTED, chunk(1, 7, 1));
    assertEquals(ACCEPTED, finished(1, 7));

    assertEquals(2, progress.nextSequence());
    assertEquals(4, progress.tokens());
    assertTrue(progress.ended());
  }

  @Test
  void fencesTheEarlierRunFromTheNextStartedOn() {
    started(1, 7);
    assertEquals(ACCEPTED, chunk(1, 7, 0));
    assertEquals(ACCEPTED, started(2, 8));
    assertEquals(FENCED, chunk(1, 7, 1));
    assertEquals(ACCEPTED, chunk(2, 8, 1));
    assertEquals(FENCED, finished(1, 7));
    assertEquals(ACCEPTED, finished(2, 8));
    assertEquals(4, progress.tokens());
  }

  @Test
  void ofTwoRunsWithOneAttemptTheLastCountsAndMayBeginAnew() {
    assertEquals(ACCEPTED, started(1, 7));
    assertEquals(DUPLICATE, started(1, 7));
    assertEquals(ACCEPTED, chunk(1, 7, 0));
    assertEquals(ACCEPTED, started(1, 8));
    assertEquals(FENCED, chunk(1, 7, 1));
    assertEquals(DUPLICATE, chunk(1, 8, 0));
    assertEquals(ACCEPTED, chunk(1, 8, 1));
    assertEquals(FENCED, finished(1, 7));
    assertEquals(ACCEPTED, finished(1, 8));
    assertEquals(4, progress.tokens());
  }

  @Test
  void aStartedOfNoAttemptIsVoid() {
    assertEquals(FENCED, started(0, 7));
    assertEquals(FENCED, chunk(0, 7, 0));
  }

  @Test
  void aLateLowerAttemptIsVoid() {
    assertEquals(ACCEPTED, started(3, 9));
    assertEquals(FENCED, started(2, 8));
    assertEquals(FENCED, finished(2, 8));
  }

  @Test
  void repeatsAndGapsDoNotMoveTheStream() {
    started(1, 7);
    assertEquals(GAP, chunk(1, 7, 1));
    assertEquals(ACCEPTED, chunk(1, 7, 0));
    assertEquals(DUPLICATE, chunk(1, 7, 0));
    assertEquals(2, progress.tokens());
  }

  @Test
  void nothingCountsAfterTheEnd() {
    started(1, 7);
    finished(1, 7);
    assertEquals(FENCED, finished(1, 7));
    assertEquals(FENCED, chunk(1, 7, 0));
    assertEquals(FENCED, started(2, 8));
  }

  @Test
  void aRefusalThatNoWorkerSawEndsTheStream() {
    var failed =
        new TokenEvent.Failed(
            new Failure(FailureCode.NO_WORKER, "none"), TokenUsage.NONE, Optional.of(CONTEXT));

    assertEquals(ACCEPTED, progress.apply(TokenRecord.unassigned(REQUEST, failed)));
    assertEquals(FENCED, started(1, 7));
  }

  @Test
  void chunksBeforeAnyStartedAreVoid() {
    assertEquals(FENCED, chunk(1, 7, 0));
    assertEquals(FENCED, chunk(0, 0, 0));
  }

  @Test
  void duplicatesAreNoPartOfTheStream() {
    var duplicate = new TokenEvent.DuplicateSubmission(new ReplyTo(0, 0), "ab".repeat(32), CONTEXT);

    assertEquals(FENCED, progress.apply(TokenRecord.duplicate(REQUEST, 7, duplicate)));
    assertEquals(ACCEPTED, started(1, 7));
    assertEquals(FENCED, progress.apply(TokenRecord.duplicate(REQUEST, 7, duplicate)));
    assertEquals(ACCEPTED, finished(1, 7));
  }

  @Test
  void whatIsUsedIsThePromptOnceAndEachTokenThatCounts() {
    assertEquals(TokenUsage.NONE, progress.usage(new TokenUsage(9, 9, 9)));
    started(1, 7, 0);
    assertEquals(DUPLICATE, started(1, 7, 4));
    chunk(1, 7, 0);
    started(2, 8, 5);
    chunk(2, 8, 0);
    chunk(1, 7, 1);
    chunk(2, 8, 1);
    assertEquals(new TokenUsage(4, 4, 2), progress.usage(new TokenUsage(2, 0, 2)));
    assertEquals(new TokenUsage(4, 4, 4), progress.usage(new TokenUsage(9, 9, 9)));
    var claims =
        new TokenEvent.Cancelled(CancelReason.QUOTA, new TokenUsage(0, 1, 0), Optional.empty());
    assertEquals(claims.with(new TokenUsage(4, 4, 0)), progress.settle(claims));
  }

  @Test
  void aVoidStartedSaysNothingOfThePrompt() {
    started(2, 8, 0);
    assertEquals(FENCED, started(1, 7, 4));
    assertEquals(0, progress.promptTokens());
  }

  @Test
  void aReleaseCountsWhileItsRunDoesAndEndsNothing() {
    var released = new TokenEvent.Released("the worker stops");
    assertEquals(FENCED, apply(1, 7, released));
    started(1, 7);
    assertEquals(ACCEPTED, apply(1, 7, released));
    started(2, 8);
    assertEquals(FENCED, apply(1, 7, released));
    assertEquals(ACCEPTED, chunk(2, 8, 0));
    assertEquals(ACCEPTED, finished(2, 8));
    assertEquals(FENCED, apply(2, 8, released));
  }

  private Verdict started(int attempt, long executionId) {
    return started(attempt, executionId, 3);
  }

  private Verdict started(int attempt, long executionId, long promptTokens) {
    return apply(
        attempt,
        executionId,
        new TokenEvent.Started(
            CONTEXT,
            new WorkerId("w"),
            new Capability("c"),
            "m",
            promptTokens,
            0,
            false,
            Optional.empty()));
  }

  private Verdict chunk(int attempt, long executionId, long sequence) {
    return apply(
        attempt,
        executionId,
        new TokenEvent.Chunk(sequence, TokenIds.of(4, 5), "text", Optional.empty()));
  }

  private Verdict finished(int attempt, long executionId) {
    return apply(
        attempt,
        executionId,
        new TokenEvent.Finished(
            FinishReason.STOP, new TokenUsage(3, 2, 0), Optional.empty(), Duration.ZERO));
  }

  private Verdict apply(int attempt, long executionId, TokenEvent event) {
    return progress.apply(new TokenRecord(REQUEST, attempt, executionId, event));
  }
}
