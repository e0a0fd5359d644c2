package io.anyserve.router.results;

import static io.anyserve.router.Samples.chunk;
import static io.anyserve.router.Samples.context;
import static io.anyserve.router.Samples.finished;
import static io.anyserve.router.Samples.id;
import static io.anyserve.router.Samples.started;
import static io.anyserve.router.intake.IntakeRun.bytes;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.codec.UsageCodec;
import io.anyserve.contracts.event.RequestResult;
import io.anyserve.contracts.event.ServedBy;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Released;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.router.Samples;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The results as a table: what workers write, which result comes of it. */
final class ResultsTopologyTest {

  private final ResultsRun run = new ResultsRun();

  @AfterEach
  void close() {
    run.close();
  }

  @Test
  void anAsynchronousRequestHasOneResultUnderItsId() {
    write(started(id(1), 1, 11, "w1", true), chunk(id(1), 1, 11, 0), finished(id(1), 1, 11, "a"));
    var record = run.output(run.topics.results()).getFirst();
    assertArrayEquals(id(1).bytes(), record.key());
    assertEquals(
        new RequestResult(
            id(1),
            context("story", true),
            finished("a"),
            new ServedBy("tale", "tiny", "", 1, true)),
        UsageCodec.decodeResult(record.value()));
  }

  @Test
  void anInteractiveOneHasNoneAndLeavesNoState() {
    write(started(id(1), 1, 11, "w1", false), chunk(id(1), 1, 11, 0), finished(id(1), 1, 11, "a"));
    write(untaken(id(2), false));
    assertEquals(List.of(), results());
    assertEquals(0, states());
  }

  @Test
  void whatAZombieWritesIsVoid() {
    write(started(id(1), 1, 11, "w1", true));
    write(started(id(1), 2, 22, "w2", true));
    write(finished(id(1), 1, 11, "zombie"));
    write(finished(id(1), 2, 22, "good"));
    write(finished(id(1), 1, 11, "zombie again"));
    assertEquals(List.of(finished("good")), outcomes());
  }

  @Test
  void theResultNamesTheAttemptThatEnded() {
    write(started(id(1), 1, 11, "w1", true), started(id(1), 3, 33, "w3", true));
    write(finished(id(1), 3, 33, "good"));
    assertEquals(3, results().getFirst().servedBy().attempts());
  }

  @Test
  void ofTwoRunsOfTheSameAttemptTheLastCounts() {
    write(started(id(1), 1, 11, "w1", true), started(id(1), 1, 12, "w2", true));
    write(chunk(id(1), 1, 12, 0));
    write(finished(id(1), 1, 11, "first"), finished(id(1), 1, 12, "second"));
    assertEquals(List.of(finished("second")), outcomes());
  }

  @Test
  void theResultOfARunThatBeganAnewSaysWhatIsBilledNotWhatTheRunWrote() {
    write(started(id(1), 1, 11, "w1", true));
    write(chunk(id(1), 1, 11, 0), chunk(id(1), 1, 11, 1), chunk(id(2), 1, 11, 0));
    write(started(id(1), 1, 12, "w2", true), chunk(id(1), 1, 12, 0));
    var cancelled = new Cancelled(CancelReason.DEADLINE, new TokenUsage(3, 1, 0), Optional.empty());
    write(new TokenRecord(id(1), 1, 12, cancelled));
    assertEquals(List.of(cancelled.with(new TokenUsage(3, 2, 0))), outcomes());
  }

  @Test
  void aRunThatIsReleasedHasNotEnded() {
    write(started(id(1), 1, 11, "w1", true));
    write(new TokenRecord(id(1), 1, 11, new Released("the worker stops")));
    assertEquals(List.of(), outcomes());
    write(started(id(1), 2, 12, "w2", true), chunk(id(1), 2, 12, 0), finished(id(1), 2, 12, "a"));
    assertEquals(List.of(finished("a")), outcomes());
  }

  @Test
  void aSecondCopyOfTheRequestThatRunsLaterIsVoid() {
    write(started(id(1), 1, 11, "w1", true), finished(id(1), 1, 11, "first"));
    write(started(id(1), 1, 12, "w2", true), finished(id(1), 1, 12, "second"));
    write(started(id(1), 2, 13, "w2", true), finished(id(1), 2, 13, "third"));
    assertEquals(List.of(finished("first")), outcomes());
  }

  @Test
  void aRequestThatNobodyTookHasAResultOfNobody() {
    write(untaken(id(1), true), untaken(id(1), true));
    RequestResult result = results().getFirst();
    assertEquals(ServedBy.NOBODY, result.servedBy());
    assertEquals(context("story", true), result.context());
    assertEquals(1, run.counted("anyserve.router.results"));
  }

  @Test
  void aRefusalUnderTheIdOfARunningRequestIsVoid() {
    write(started(id(1), 1, 11, "w1", true), untaken(id(1), true), finished(id(1), 1, 11, "a"));
    assertEquals(List.of(finished("a")), outcomes());
  }

  @Test
  void cancelledAndFailedOnesHaveResultsToo() {
    Terminal cancelled =
        new Cancelled(CancelReason.DEADLINE, new TokenUsage(3, 9, 0), Optional.empty());
    Terminal failed =
        new Failed(
            new Failure(FailureCode.ENGINE_FAILED, "out of memory"),
            TokenUsage.NONE,
            Optional.empty());
    write(started(id(1), 1, 11, "w1", true), new TokenRecord(id(1), 1, 11, cancelled));
    write(started(id(2), 1, 12, "w1", true), new TokenRecord(id(2), 1, 12, failed));
    assertEquals(List.of(cancelled, failed), outcomes());
  }

  @Test
  void anEndWithoutABeginningIsVoid() {
    write(finished(id(1), 1, 11, "a"), chunk(id(1), 1, 11, 0));
    assertEquals(List.of(), results());
  }

  @Test
  void anOutputThatFitsNoRecordFailsInsteadOfStoppingThePartition() {
    write(started(id(1), 1, 11, "w1", true));
    write(finished(id(1), 1, 11, "x".repeat(ResultsRun.MAX_RECORD_BYTES)));
    Failed failed = (Failed) outcomes().getFirst();
    assertEquals(FailureCode.TOO_LARGE, failed.failure().code());
    assertEquals(new TokenUsage(3, 1, 0), failed.usage());
  }

  @Test
  void malformedRecordsAreBuriedAndWhatFollowsIsRead() {
    write(started(id(1), 1, 11, "w1", true));
    put(null, null);
    put(id(1).bytes(), null);
    put(id(1).bytes(), new byte[0]);
    put(bytes("short"), TokenCodec.encode(finished(id(1), 1, 11, "a")));
    put(id(1).bytes(), bytes("garbage"));
    put(id(1).bytes(), new byte[] {0x1a, 0x7f});
    write(finished(id(1), 1, 11, "a"));
    assertEquals(6, run.output(run.topics.deadLetters()).size());
    assertEquals(List.of(finished("a")), outcomes());
    assertEquals(6, run.counted("anyserve.router.dead.letters"));
  }

  @Test
  void anyPrefixOrFlippedBitOfARecordLeavesItRunning() {
    byte[] good = TokenCodec.encode(finished(id(1), 1, 11, "a"));
    Random random = new Random(7);
    for (int i = 0; i < 500; i++) {
      byte[] bad = java.util.Arrays.copyOf(good, random.nextInt(good.length + 1));
      if (bad.length > 0) {
        bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
      }
      put(id(1).bytes(), bad);
    }
    write(started(id(2), 1, 11, "w1", true), finished(id(2), 1, 11, "a"));
    assertEquals(id(2), results().getLast().request());
  }

  @Test
  void aStormOfRepeatsAndZombiesHasOneResultEach() {
    List<TokenRecord> storm = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      for (int attempt = 1; attempt <= 3; attempt++) {
        storm.addAll(Collections.nCopies(2, started(id(i), attempt, attempt, "w", true)));
        storm.addAll(Collections.nCopies(3, finished(id(i), attempt, attempt, "a")));
      }
      storm.add(untaken(id(i), true));
    }
    Collections.shuffle(storm, new Random(3));
    storm.forEach(this::write);
    for (int i = 0; i < 50; i++) {
      write(started(id(i), 9, 9, "last", true), finished(id(i), 9, 9, "last"));
    }
    List<RequestId> ended = results().stream().map(RequestResult::request).toList();
    assertEquals(50, ended.size());
    assertEquals(50, ended.stream().distinct().count());
  }

  @Test
  void oldStatesAreForgotten() {
    write(started(id(1), 1, 11, "w1", true), finished(id(1), 1, 11, "a"));
    write(started(id(2), 1, 12, "w1", true));
    run.advance(AsyncRequestStore.KEPT);
    assertEquals(2, states());
    run.advance(ResultsProcessor.PURGE_INTERVAL);
    assertEquals(0, states());
    assertEquals(2, run.counted("anyserve.router.purged"));
  }

  @Test
  void anIdThatEndedIsAnsweredWithItsResultAgain() {
    write(started(id(1), 1, 11, "w1", true), Samples.chunk(id(1), 1, 11, 0));
    write(started(id(2), 1, 12, "w1", true), finished(id(1), 1, 11, "a"));
    List<RequestResult> first = results();
    write(again(id(1)));
    assertEquals(first, results());
    assertEquals(1, run.counted("anyserve.router.results"));
  }

  @Test
  void anIdThatWasRefusedIsAnsweredWithItsRefusalAgain() {
    write(untaken(id(1), true));
    List<RequestResult> first = results();
    write(again(id(1)));
    assertEquals(first, results());
  }

  @Test
  void anIdThatRunsIsAnsweredOnceForAll() {
    write(again(id(1)), started(id(1), 1, 11, "w1", true), again(id(1)));
    assertEquals(List.of(), results());
    write(finished(id(1), 1, 11, "a"), started(id(1), 1, 13, "w2", true));
    assertEquals(1, results().size());
  }

  @Test
  void anIdOfWhichTheLogKeepsNothingFailsSayingSo() {
    write(started(id(1), 1, 11, "w1", true), finished(id(1), 1, 11, "a"));
    results();
    run.past.forget();
    write(again(id(1)));
    RequestResult result = results().getFirst();
    assertEquals(
        "RESUME_EXPIRED: id: " + id(1) + " ended before and its result is no longer kept",
        ((Failed) result.outcome()).failure().toString());
  }

  private static TokenRecord again(RequestId id) {
    var first =
        new TokenEvent.DuplicateSubmission(
            new ReplyTo(0, ReplyTo.UNKNOWN_OFFSET), "ab".repeat(32), context("story", true));
    return TokenRecord.duplicate(id, 0, first);
  }

  private static TokenRecord untaken(RequestId id, boolean asynchronous) {
    RequestContext context = context("story", asynchronous);
    var failure = new Failure(FailureCode.UNKNOWN_CAPABILITY, "no");
    return TokenRecord.unassigned(id, new Failed(failure, TokenUsage.NONE, Optional.of(context)));
  }

  private void write(TokenRecord... records) {
    run.write(records);
  }

  private void put(byte @Nullable [] key, byte @Nullable [] value) {
    run.put(run.topics.tokens(), key, value);
  }

  private List<RequestResult> results() {
    return run.output(run.topics.results()).stream()
        .map(record -> UsageCodec.decodeResult(record.value()))
        .toList();
  }

  private List<Terminal> outcomes() {
    return results().stream().map(RequestResult::outcome).toList();
  }

  private int states() {
    int count = 0;
    try (var all = run.driver.getKeyValueStore(ResultsTopology.STATES).all()) {
      for (; all.hasNext(); count++) {
        assertFalse(all.next().key.toString().isEmpty());
      }
    }
    return count;
  }
}
