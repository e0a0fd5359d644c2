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
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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

  private static final TokenEvent FINISHED =
      new TokenEvent.Finished(
          FinishReason.STOP, new TokenUsage(3, 2, 0), Optional.empty(), Duration.ZERO);

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

  /** The other one has read back what was written and does not know of what would follow. */
  @Test
  void aStartedWrittenAgainDoesNotFenceWhoBeganSince() {
    assertEquals(ACCEPTED, started(2, 7, 0));
    assertEquals(DUPLICATE, progress.apply(startedAgain(2, 7)));
    assertEquals(4, progress.promptTokens());
    assertEquals(ACCEPTED, started(2, 8));
    assertEquals(FENCED, progress.apply(startedAgain(2, 7)));
    assertEquals(FENCED, chunk(2, 7, 0));
    assertEquals(ACCEPTED, chunk(2, 8, 0));
    assertEquals(ACCEPTED, progress.apply(startedAgain(3, 9)));
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

  /** Events of several executions in any order, cut in two at every place. */
  @Test
  void oneThatGoesOnFromAnyPlaceDecidesAsOneThatSawAll() {
    for (int seed = 0; seed < 500; seed++) {
      List<TokenRecord> events = events(new SplittableRandom(seed));
      var whole = new FencedStream();
      List<Verdict> expected = events.stream().map(whole::apply).toList();
      for (int cut = 0; cut <= events.size(); cut++) {
        var before = new FencedStream();
        events.subList(0, cut).forEach(before::apply);
        var after = new FencedStream(before.progress());
        assertEquals(
            expected.subList(cut, expected.size()),
            events.subList(cut, events.size()).stream().map(after::apply).toList(),
            "seed " + seed + ", cut at " + cut);
        assertEquals(whole.progress(), after.progress(), "seed " + seed + ", cut at " + cut);
      }
    }
  }

  @Test
  void theRandomEventsMeetEveryVerdict() {
    Map<Verdict, Long> met =
        IntStream.range(0, 500)
            .boxed()
            .flatMap(
                seed -> {
                  var stream = new FencedStream();
                  return events(new SplittableRandom(seed)).stream().map(stream::apply);
                })
            .collect(Collectors.groupingBy(verdict -> verdict, Collectors.counting()));
    assertEquals(EnumSet.allOf(Verdict.class), met.keySet());
    assertTrue(met.values().stream().allMatch(count -> count > 200), met.toString());
  }

  private static List<TokenRecord> events(SplittableRandom random) {
    List<TokenRecord> events = new ArrayList<>();
    int length = 5 + random.nextInt(30);
    for (int i = 0; i < length; i++) {
      int attempt = random.nextInt(4);
      long executionId = attempt * 10L + random.nextInt(2);
      events.add(new TokenRecord(REQUEST, attempt, executionId, event(random)));
    }
    return events;
  }

  private static TokenEvent event(SplittableRandom random) {
    return switch (random.nextInt(20)) {
      case 0, 1, 2, 3, 4 -> started(random.nextInt(3) * 4L);
      case 5 -> new TokenEvent.Released("the worker stops");
      case 6 -> random.nextInt(3) == 0 ? FINISHED : started(0);
      default -> chunk(random.nextInt(4));
    };
  }

  private static TokenEvent.Started started(long promptTokens) {
    return new TokenEvent.Started(
        CONTEXT,
        new WorkerId("w"),
        new Capability("c"),
        "m",
        promptTokens,
        0,
        false,
        Optional.empty());
  }

  private static TokenEvent chunk(long sequence) {
    return new TokenEvent.Chunk(sequence, TokenIds.of(4, 5), "text", Optional.empty());
  }

  private Verdict started(int attempt, long executionId) {
    return started(attempt, executionId, 3);
  }

  private Verdict started(int attempt, long executionId, long promptTokens) {
    return apply(attempt, executionId, started(promptTokens));
  }

  private static TokenRecord startedAgain(int attempt, long executionId) {
    return new TokenRecord(REQUEST, attempt, executionId, started(4).repeated());
  }

  private Verdict chunk(int attempt, long executionId, long sequence) {
    return apply(attempt, executionId, chunk(sequence));
  }

  private Verdict finished(int attempt, long executionId) {
    return apply(attempt, executionId, FINISHED);
  }

  private Verdict apply(int attempt, long executionId, TokenEvent event) {
    return progress.apply(new TokenRecord(REQUEST, attempt, executionId, event));
  }
}
