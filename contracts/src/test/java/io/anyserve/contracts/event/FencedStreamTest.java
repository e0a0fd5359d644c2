package io.anyserve.contracts.event;

import static io.anyserve.contracts.event.FencedStream.Verdict.COUNTS;
import static io.anyserve.contracts.event.FencedStream.Verdict.GAP;
import static io.anyserve.contracts.event.FencedStream.Verdict.REPEATED;
import static io.anyserve.contracts.event.FencedStream.Verdict.VOID;
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
    assertEquals(COUNTS, started(1, 7));
    assertEquals(COUNTS, chunk(1, 7, 0));
    assertEquals(COUNTS, chunk(1, 7, 1));
    assertEquals(COUNTS, finished(1, 7));

    assertEquals(2, progress.nextSequence());
    assertEquals(4, progress.tokens());
    assertTrue(progress.ended());
  }

  @Test
  void fencesTheEarlierRunFromTheNextStartedOn() {
    started(1, 7);
    assertEquals(COUNTS, chunk(1, 7, 0));
    assertEquals(COUNTS, started(2, 8));
    assertEquals(VOID, chunk(1, 7, 1));
    assertEquals(COUNTS, chunk(2, 8, 1));
    assertEquals(VOID, finished(1, 7));
    assertEquals(COUNTS, finished(2, 8));
    assertEquals(4, progress.tokens());
  }

  @Test
  void ofTwoRunsWithOneAttemptTheLastCountsAndMayBeginAnew() {
    assertEquals(COUNTS, started(1, 7));
    assertEquals(REPEATED, started(1, 7));
    assertEquals(COUNTS, chunk(1, 7, 0));
    assertEquals(COUNTS, started(1, 8));
    assertEquals(VOID, chunk(1, 7, 1));
    assertEquals(REPEATED, chunk(1, 8, 0));
    assertEquals(COUNTS, chunk(1, 8, 1));
    assertEquals(VOID, finished(1, 7));
    assertEquals(COUNTS, finished(1, 8));
    assertEquals(4, progress.tokens());
  }

  @Test
  void aStartedOfNoAttemptIsVoid() {
    assertEquals(VOID, started(0, 7));
    assertEquals(VOID, chunk(0, 7, 0));
  }

  @Test
  void aLateLowerAttemptIsVoid() {
    assertEquals(COUNTS, started(3, 9));
    assertEquals(VOID, started(2, 8));
    assertEquals(VOID, finished(2, 8));
  }

  @Test
  void repeatsAndGapsDoNotMoveTheStream() {
    started(1, 7);
    assertEquals(GAP, chunk(1, 7, 1));
    assertEquals(COUNTS, chunk(1, 7, 0));
    assertEquals(REPEATED, chunk(1, 7, 0));
    assertEquals(2, progress.tokens());
  }

  @Test
  void nothingCountsAfterTheEnd() {
    started(1, 7);
    finished(1, 7);
    assertEquals(VOID, finished(1, 7));
    assertEquals(VOID, chunk(1, 7, 0));
    assertEquals(VOID, started(2, 8));
  }

  @Test
  void aRefusalThatNoWorkerSawEndsTheStream() {
    var failed =
        new TokenEvent.Failed(
            new Failure(FailureCode.NO_WORKER, "none"), TokenUsage.NONE, Optional.of(CONTEXT));

    assertEquals(COUNTS, progress.apply(TokenRecord.unassigned(REQUEST, failed)));
    assertEquals(VOID, started(1, 7));
  }

  @Test
  void chunksBeforeAnyStartedAreVoid() {
    assertEquals(VOID, chunk(1, 7, 0));
    assertEquals(VOID, chunk(0, 0, 0));
  }

  @Test
  void duplicatesAreNoPartOfTheStream() {
    var duplicate = new TokenEvent.DuplicateSubmission(new ReplyTo(0, 0), "ab".repeat(32), CONTEXT);

    assertEquals(VOID, progress.apply(TokenRecord.duplicate(REQUEST, 7, duplicate)));
    assertEquals(COUNTS, started(1, 7));
    assertEquals(VOID, progress.apply(TokenRecord.duplicate(REQUEST, 7, duplicate)));
    assertEquals(COUNTS, finished(1, 7));
  }

  @Test
  void whatIsUsedIsThePromptOnceAndEachTokenThatCounts() {
    assertEquals(TokenUsage.NONE, progress.usage(new TokenUsage(9, 9, 9)));
    started(1, 7, 0);
    assertEquals(REPEATED, started(1, 7, 4));
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
    assertEquals(VOID, started(1, 7, 4));
    assertEquals(0, progress.promptTokens());
  }

  @Test
  void aReleaseCountsWhileItsRunDoesAndEndsNothing() {
    var released = new TokenEvent.Released("the worker stops");
    assertEquals(VOID, apply(1, 7, released));
    started(1, 7);
    assertEquals(COUNTS, apply(1, 7, released));
    started(2, 8);
    assertEquals(VOID, apply(1, 7, released));
    assertEquals(COUNTS, chunk(2, 8, 0));
    assertEquals(COUNTS, finished(2, 8));
    assertEquals(VOID, apply(2, 8, released));
  }

  private Verdict started(int attempt, long run) {
    return started(attempt, run, 3);
  }

  private Verdict started(int attempt, long run, long promptTokens) {
    return apply(
        attempt,
        run,
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

  private Verdict chunk(int attempt, long run, long sequence) {
    return apply(
        attempt, run, new TokenEvent.Chunk(sequence, TokenIds.of(4, 5), "text", Optional.empty()));
  }

  private Verdict finished(int attempt, long run) {
    return apply(
        attempt,
        run,
        new TokenEvent.Finished(
            FinishReason.STOP, new TokenUsage(3, 2, 0), Optional.empty(), Duration.ZERO));
  }

  private Verdict apply(int attempt, long run, TokenEvent event) {
    return progress.apply(new TokenRecord(REQUEST, attempt, run, event));
  }
}
