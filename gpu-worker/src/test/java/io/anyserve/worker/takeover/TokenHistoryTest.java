package io.anyserve.worker.takeover;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.answer.AnswerDelta;
import io.anyserve.contracts.answer.ToolCallDelta;
import io.anyserve.contracts.codec.EmbeddingsCodec;
import io.anyserve.contracts.embedding.Embedding;
import io.anyserve.contracts.embedding.Embeddings;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Released;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.worker.TestRequests;
import io.anyserve.worker.schedule.PriorOutput;
import io.anyserve.worker.takeover.TokenHistory.Standing;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class TokenHistoryTest {

  private static final InferenceRequest REQUEST = TestRequests.interactive(1, "prompt", 9);
  private static final int ATTEMPTS = 4;
  private static final long FIRST = 100;
  private static final long OWN = 200;
  private static final long LATER = 300;

  private long offset;
  private final TokenHistory readBack = new TokenHistory(OWN, 10);

  private void at(long where, int attempt, long executionId, TokenEvent event) {
    offset = where;
    readBack.apply(offset, new TokenRecord(REQUEST.id(), attempt, executionId, event));
  }

  private static Started started(long promptTokens) {
    return new Started(
        REQUEST.context(),
        new WorkerId("w"),
        TestRequests.CAPABILITY,
        "m",
        promptTokens,
        0,
        false,
        Optional.empty());
  }

  private static Chunk chunk(long sequence, int token) {
    return new Chunk(sequence, TokenIds.of(token), "t" + token, Optional.empty());
  }

  @Test
  void whatAnEarlierRunWroteIsFound() {
    at(1, 1, FIRST, started(4));
    at(2, 1, FIRST, chunk(0, 7));
    at(3, 1, FIRST, chunk(1, 8));
    at(10, 2, OWN, started(0));
    assertEquals(Standing.OWN, readBack.standing());
    assertEquals(
        new PriorOutput(4, 2, TokenIds.of(7, 8), AnswerDelta.text("t7t8"), Optional.empty()),
        readBack.earlier());
  }

  @Test
  void reasoningAndACallThatIsNotCompleteAreFound() {
    var begins = new ToolCallDelta(0, "call_1", "time", "{\"in");
    at(1, 1, FIRST, started(4));
    at(2, 1, FIRST, delta(0, new AnswerDelta("", "hm", List.of())));
    at(3, 1, FIRST, delta(1, new AnswerDelta("a", "", List.of(begins))));
    at(
        4,
        1,
        FIRST,
        delta(2, new AnswerDelta("", "", List.of(new ToolCallDelta(0, "", "", "\":")))));
    at(10, 2, OWN, started(0));
    assertEquals(
        new AnswerDelta("a", "hm", List.of(new ToolCallDelta(0, "call_1", "time", "{\"in\":"))),
        readBack.earlier().answer());
  }

  private static Chunk delta(long sequence, AnswerDelta delta) {
    return new Chunk(sequence, TokenIds.of(1), delta, Optional.empty(), List.of());
  }

  @Test
  void vectorsOfSeveralChunksAreFoundAsOne() {
    at(1, 1, FIRST, started(4));
    at(2, 1, FIRST, vectors(0, Embedding.of(1), Embedding.of(2)));
    at(3, 1, FIRST, vectors(1, Embedding.of(3)));
    at(4, 1, FIRST, vectors(1, Embedding.of(3)));
    at(10, 2, OWN, started(0));
    PriorOutput earlier = readBack.earlier();
    assertEquals(2, earlier.chunks());
    assertEquals(
        List.of(Embedding.of(1), Embedding.of(2), Embedding.of(3)),
        EmbeddingsCodec.read(earlier.payload().orElseThrow()).vectors());
  }

  private static Chunk vectors(long sequence, Embedding... vectors) {
    var payload = EmbeddingsCodec.write(new Embeddings(List.of(vectors)));
    return new Chunk(sequence, TokenIds.NONE, "", Optional.of(payload));
  }

  @Test
  void whatIsVoidOrRepeatedDoesNotCount() {
    at(1, 1, FIRST, started(4));
    at(2, 1, FIRST, chunk(0, 7));
    at(3, 1, FIRST, chunk(0, 7));
    at(4, 1, 999, chunk(1, 9));
    at(5, 1, FIRST, chunk(5, 9));
    at(10, 2, OWN, started(0));
    at(11, 1, FIRST, chunk(1, 8));
    assertEquals(1, readBack.earlier().chunks());
    assertEquals(TokenIds.of(7), readBack.earlier().tokens());
  }

  @Test
  void aStreamThatEndedIsOver() {
    at(1, 1, FIRST, started(4));
    at(2, 1, FIRST, new Cancelled(CancelReason.EXPLICIT, TokenUsage.NONE, Optional.empty()));
    at(10, 2, OWN, started(0));
    assertEquals(Standing.ENDED, readBack.standing());
  }

  @Test
  void aLaterAttemptFencesThisOneOff() {
    at(1, 1, FIRST, started(4));
    at(5, 3, LATER, started(4));
    at(10, 2, OWN, started(0));
    assertEquals(Standing.FENCED, readBack.standing());
  }

  @Test
  void ofTwoRunsWithTheSameAttemptTheLastCounts() {
    at(8, 2, LATER, started(4));
    at(9, 2, LATER, chunk(0, 7));
    at(10, 2, OWN, started(0));
    assertEquals(Standing.OWN, readBack.standing());
    assertEquals(TokenIds.of(7), readBack.earlier().tokens());
  }

  @Test
  void runsThatBeganAndWroteNothingNewHaveFailed() {
    at(1, 1, 101, started(4));
    at(2, 2, 102, started(4));
    at(3, 2, 102, started(4));
    at(10, 3, OWN, started(0));
    assertEquals(2, readBack.failedExecutions(ATTEMPTS));
  }

  @Test
  void aNewTokenSetsTheCountBack() {
    at(1, 1, 101, started(4));
    at(2, 2, 102, started(4));
    at(3, 2, 102, chunk(0, 7));
    at(4, 3, 103, started(4));
    at(5, 3, 103, chunk(0, 7));
    at(10, 4, OWN, started(0));
    assertEquals(1, readBack.failedExecutions(ATTEMPTS));
  }

  @Test
  void aRunThatWasReleasedHasNotFailed() {
    at(1, 1, 101, started(4));
    at(2, 1, 101, new Released("the worker stops"));
    at(3, 2, 102, started(4));
    at(4, 3, 103, started(4));
    at(5, 2, 102, new Released("another execution goes on with it"));
    at(10, 4, OWN, started(0));
    assertEquals(1, readBack.failedExecutions(ATTEMPTS));
  }

  @Test
  void aRunThatWasFencedOffByMistakeHasNotFailedOnceItMovesOn() {
    at(1, 1, 101, started(4));
    at(2, 1, 101, chunk(0, 7));
    at(3, 2, 102, started(4));
    at(4, 3, 103, started(4));
    at(5, 2, 102, chunk(0, 7));
    assertEquals(2, readBack.failedExecutions(ATTEMPTS));
    at(6, 2, 102, chunk(1, 8));
    assertEquals(1, readBack.failedExecutions(ATTEMPTS));
    at(7, 3, 103, new Cancelled(CancelReason.EXPLICIT, TokenUsage.NONE, Optional.empty()));
    assertEquals(Standing.ENDED, readBack.standing());
  }

  @Test
  void theOwnRunIsNoFailureHoweverOftenItBegins() {
    at(1, 1, 101, started(4));
    at(2, 2, OWN, started(0));
    at(3, 2, 102, started(4));
    at(10, 3, OWN, started(0));
    assertEquals(2, readBack.failedExecutions(ATTEMPTS));
  }

  @Test
  void thePromptIsThatOfTheFirstRunThatKnowsIt() {
    at(1, 1, 101, started(0));
    at(2, 1, 101, started(5));
    at(3, 2, 102, started(6));
    at(10, 3, OWN, started(0));
    assertEquals(5, readBack.earlier().promptTokens());
  }

  @Test
  void anExecutionThatWaitedForItsEngineHasNotFailed() {
    at(1, 1, 101, started(0));
    at(2, 2, 102, started(0));
    at(3, 2, 102, started(4));
    at(10, 3, OWN, started(0));
    assertEquals(1, readBack.failedExecutions(ATTEMPTS));
  }

  @Test
  void afterManyAttemptsAnExecutionThatDoesNotComeToKnowThePromptHasFailed() {
    at(1, ATTEMPTS, 101, started(0));
    at(2, ATTEMPTS + 1, 102, started(0));
    at(10, ATTEMPTS + 2, OWN, started(0));
    assertEquals(1, readBack.failedExecutions(ATTEMPTS));
  }
}
