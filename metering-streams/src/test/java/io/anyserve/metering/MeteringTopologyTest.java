package io.anyserve.metering;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.contracts.event.ServedBy;
import io.anyserve.contracts.event.SessionUsage;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.contracts.topic.DeadLetter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MeteringTopologyTest {

  private static final Tokens ONE = Tokens.of(1);
  private static final Tokens TWO = Tokens.of(2);

  private final TopologyRun run;

  MeteringTopologyTest(@TempDir java.nio.file.Path state) {
    this.run = new TopologyRun(state);
  }

  @AfterEach
  void close() {
    run.close();
  }

  @Test
  void aFinishedRequestIsOneLine() {
    run.write(
        ONE.started(1, 11), ONE.chunk(1, 11, 0, 1), ONE.chunk(1, 11, 1, 4), ONE.finished(1, 11, 5));

    LedgerEntry line = run.onlyLine();
    assertEquals(ONE.request(), line.request());
    assertEquals(ONE.context(), line.context());
    assertEquals(new ServedBy("chat", "tiny", "worker-1", 1, false), line.servedBy());
    assertEquals(Outcome.FINISHED, line.outcome());
    assertEquals("", line.code());
    assertEquals(new TokenUsage(Tokens.PROMPT, 5, 3), line.usage());
    assertEquals(2, line.chunks());
    assertEquals(12, line.volume().in());
    assertEquals(10, line.volume().out());
    assertEquals(Duration.ofMillis(5), line.engineTime());
    assertEquals(
        new LedgerEntry.Times(
            Optional.of(TopologyRun.at(0)), Optional.of(TopologyRun.at(1)), TopologyRun.at(3)),
        line.times());
    assertEquals(4, run.count("events", "outcome", "counted"));
    assertEquals(5, run.count("completion.tokens"));
  }

  @Test
  void aPromptThatIsKnownLaterIsBilledOnce() {
    run.write(
        ONE.started(1, 11, 0), ONE.started(1, 11), ONE.chunk(1, 11, 0, 1), ONE.finished(1, 11, 1));

    assertEquals(new TokenUsage(Tokens.PROMPT, 1, 3), run.onlyLine().usage());
    assertEquals(0, run.count("drift.lines"));
  }

  @Test
  void aReleaseEndsNothing() {
    run.write(
        ONE.started(1, 11),
        ONE.record(1, 11, new TokenEvent.Released("the worker stops")),
        ONE.started(2, 12),
        ONE.record(1, 11, new TokenEvent.Released("once more, void")),
        ONE.chunk(2, 12, 0, 2),
        ONE.finished(2, 12, 2));

    assertEquals(2, run.onlyLine().usage().completion());
    assertEquals(2, run.onlyLine().servedBy().attempts());
    assertEquals(5, run.count("events", "outcome", "counted"));
    assertEquals(1, run.count("events", "outcome", "void"));
  }

  @Test
  void theLineIsACloudEventUnderTheRequestsKey() {
    run.write(ONE.started(1, 11), ONE.finished(1, 11, 0));

    TestRecord<byte[], byte[]> written = run.usage().getFirst();
    assertArrayEquals(ONE.request().bytes(), written.key());
    Headers headers = written.headers();
    assertEquals("1.0", header(headers, "ce_specversion"));
    assertEquals("io.anyserve.usage.v1", header(headers, "ce_type"));
    assertEquals("/anyserve/metering", header(headers, "ce_source"));
    assertEquals(ONE.request().toString(), header(headers, "ce_id"));
    assertEquals(TopologyRun.at(1).toString(), header(headers, "ce_time"));
    assertEquals("application/protobuf", header(headers, "content-type"));
  }

  @Test
  void aTakeoverThatDoesNotKnowThePromptDoesNotMakeItFree() {
    run.write(ONE.started(2, 22, 0), ONE.started(3, 33, 7), ONE.started(4, 44, 99));
    run.write(ONE.chunk(4, 44, 0, 2), ONE.finished(4, 44, 2));

    assertEquals(7, run.onlyLine().usage().prompt());
  }

  @Test
  void whatAFencedRunWritesIsNotBilledAndThePromptIsBilledOnce() {
    run.write(
        ONE.started(1, 11),
        ONE.chunk(1, 11, 0, 2),
        ONE.started(2, 22, 99),
        ONE.chunk(1, 11, 1, 50),
        ONE.chunk(2, 22, 1, 3),
        ONE.finished(1, 11, 52),
        ONE.finished(2, 22, 5));

    LedgerEntry line = run.onlyLine();
    assertEquals(new TokenUsage(Tokens.PROMPT, 5, 3), line.usage());
    assertEquals(2, line.servedBy().attempts());
    assertEquals("worker-2", line.servedBy().worker());
    assertEquals(2, run.count("events", "outcome", "void"));
  }

  @Test
  void repeatsAreIgnored() {
    run.write(
        ONE.started(1, 11),
        ONE.started(1, 11),
        ONE.chunk(1, 11, 0, 2),
        ONE.chunk(1, 11, 0, 2),
        ONE.finished(1, 11, 2),
        ONE.finished(1, 11, 2));

    assertEquals(2, run.onlyLine().usage().completion());
    assertEquals(2, run.count("events", "outcome", "repeated"));
    assertEquals(1, run.count("events", "outcome", "void"));
  }

  @Test
  void nothingComesAfterTheEnd() {
    run.write(
        ONE.started(1, 11),
        ONE.finished(1, 11, 0),
        ONE.started(2, 22),
        ONE.chunk(2, 22, 0, 5),
        ONE.finished(2, 22, 5),
        ONE.refused());

    assertEquals(0, run.onlyLine().usage().completion());
    assertEquals(4, run.count("events", "outcome", "void"));
  }

  @Test
  void aChunkBehindAGapIsADeadLetter() {
    run.write(
        ONE.started(1, 11), ONE.chunk(1, 11, 0, 1), ONE.chunk(1, 11, 2, 1), ONE.finished(1, 11, 2));

    assertEquals(1, run.onlyLine().usage().completion());
    TestRecord<byte[], byte[]> letter = run.letters().getFirst();
    assertArrayEquals(ONE.request().bytes(), letter.key());
    assertEquals("sequence: 2 (expected: 1)", header(letter.headers(), DeadLetter.MESSAGE));
    assertEquals("2", header(letter.headers(), DeadLetter.OFFSET));
    assertEquals(1, run.count("rejected", "reason", "gap"));
  }

  @Test
  void chunksOfSeveralRequestsInOneRecordCountEachForItsOwn() {
    run.write(ONE.started(1, 11), TWO.started(1, 12));
    batch(ONE.chunk(1, 11, 0, 2), TWO.chunk(1, 12, 0, 3));
    batch(TWO.chunk(1, 12, 1, 4), ONE.chunk(1, 11, 1, 1));
    run.write(ONE.finished(1, 11, 3), TWO.finished(1, 12, 7));

    List<LedgerEntry> lines = run.lines();
    assertEquals(List.of(3L, 7L), lines.stream().map(line -> line.usage().completion()).toList());
    assertEquals(8, run.count("events", "outcome", "counted"));
    assertEquals(List.of(), run.letters());
  }

  @Test
  void aBatchHasOneLetterHoweverManyOfItsChunksAreRejected() {
    run.write(ONE.started(1, 11), TWO.started(1, 12));
    batch(ONE.chunk(1, 11, 3, 1), TWO.chunk(1, 12, 4, 1));
    run.writeBytes(null, new byte[] {10, 99});

    assertEquals(2, run.letters().size());
    assertEquals(2, run.count("rejected", "reason", "gap"));
    assertEquals(1, run.count("rejected", "reason", "malformed"));
  }

  private void batch(TokenRecord... chunks) {
    run.writeBytes(null, TokenCodec.encodeBatch(List.of(chunks)));
  }

  @Test
  void aClaimThatDiffersIsDriftAndTheLogWins() {
    run.write(ONE.started(1, 11), ONE.chunk(1, 11, 0, 3), ONE.finished(1, 11, 1_000));

    assertEquals(3, run.onlyLine().usage().completion());
    assertEquals(1, run.count("drift.lines"));
    assertEquals(997, run.count("drift.tokens"));
  }

  @Test
  void failedAndCancelledRequestsAreBilledForWhatTheyWrote() {
    Tokens two = Tokens.of(2);
    run.write(
        ONE.started(1, 11),
        ONE.chunk(1, 11, 0, 3),
        ONE.failed(1, 11, 3),
        two.started(1, 12),
        two.chunk(1, 12, 0, 2),
        two.cancelled(1, 12, 2));

    List<LedgerEntry> lines = run.lines();
    assertEquals(Outcome.FAILED, lines.get(0).outcome());
    assertEquals("ENGINE_FAILED", lines.get(0).code());
    assertEquals(new TokenUsage(Tokens.PROMPT, 3, 0), lines.get(0).usage());
    assertEquals(Outcome.CANCELLED, lines.get(1).outcome());
    assertEquals("", lines.get(1).code());
    assertEquals(new TokenUsage(Tokens.PROMPT, 2, 0), lines.get(1).usage());
  }

  @Test
  void aRefusalIsOneLineThatCostsNothing() {
    run.write(ONE.refused(), ONE.refused(), ONE.started(1, 11), ONE.finished(1, 11, 0));

    LedgerEntry line = run.onlyLine();
    assertEquals(Outcome.FAILED, line.outcome());
    assertEquals("NO_WORKER", line.code());
    assertEquals(TokenUsage.NONE, line.usage());
    assertEquals(ServedBy.NOBODY, line.servedBy());
    assertEquals(Optional.empty(), line.times().startedAt());
    assertEquals(ONE.context(), line.context());
  }

  @Test
  void aRefusalWithoutContextCannotBeBilled() {
    var failure = (TokenEvent.Failed) ONE.refused().event();
    run.write(
        TokenRecord.unassigned(
            ONE.request(),
            new TokenEvent.Failed(failure.failure(), TokenUsage.NONE, Optional.empty())));

    assertEquals(List.of(), run.lines());
    assertEquals(1, run.letters().size());
  }

  @Test
  void malformedRecordsAreDeadLettersAndThePartitionGoesOn() {
    byte[] key = ONE.request().bytes();
    run.write(ONE.started(1, 11));
    run.writeBytes(key, new byte[] {(byte) 0xFF, 1, 2});
    run.writeBytes(key, new byte[0]);
    run.writeBytes(key, null);
    run.writeBytes(null, run.bytes(ONE.chunk(1, 11, 0, 1)));
    run.writeBytes(new byte[3], run.bytes(ONE.chunk(1, 11, 0, 1)));
    run.write(ONE.chunk(1, 11, 0, 1), ONE.finished(1, 11, 1));

    assertEquals(1, run.onlyLine().usage().completion());
    List<TestRecord<byte[], byte[]>> letters = run.letters();
    assertEquals(5, letters.size());
    assertEquals(5, run.count("rejected", "reason", "malformed"));
    assertArrayEquals(new byte[] {(byte) 0xFF, 1, 2}, letters.get(0).value());
    assertNull(letters.get(2).value());
    assertNull(letters.get(3).key());
    assertEquals("test.tokens", header(letters.get(0).headers(), DeadLetter.TOPIC));
    assertEquals("0", header(letters.get(0).headers(), DeadLetter.PARTITION));
    assertEquals("1", header(letters.get(0).headers(), DeadLetter.OFFSET));
    assertTrue(
        header(letters.get(4).headers(), DeadLetter.MESSAGE).startsWith("key: 3 bytes"),
        () -> header(letters.get(4).headers(), DeadLetter.MESSAGE));
  }

  @Test
  void whatIsOversizedIsCutToFitTheDeadLetters() {
    run.writeBytes(new byte[500_000], new byte[500_000]);
    run.writeBytes(ONE.request().bytes(), new byte[1_000_000]);
    run.writeBytes(ONE.request().bytes(), failureWithCode("X".repeat(1_000_000)));

    for (TestRecord<byte[], byte[]> letter : run.letters()) {
      assertTrue(letter.key().length <= DeadLetterRecord.MOST_KEY_BYTES);
      assertTrue(letter.value().length <= DeadLetterRecord.MOST_VALUE_BYTES);
      assertTrue(header(letter.headers(), DeadLetter.MESSAGE).length() < 1_100);
    }
  }

  @Test
  void aModelNameThatWouldNotFitALineIsCut() {
    String large = "m".repeat(1_023) + "\uD83D\uDE00";
    var started = (TokenEvent.Started) ONE.started(1, 11).event();
    run.write(
        ONE.record(
            1,
            11,
            new TokenEvent.Started(
                started.context(),
                started.worker(),
                started.capability(),
                large,
                1,
                0,
                false,
                Optional.empty())),
        ONE.chunk(1, 11, 0, 2),
        ONE.finished(1, 11, 2));

    assertEquals("m".repeat(1_023), run.onlyLine().servedBy().model());
    assertEquals(2, run.onlyLine().usage().completion());
    assertEquals(1, run.count("doubted"));
    assertEquals(
        "model: 1025 characters (expected: at most 1024)",
        header(run.letters().getFirst().headers(), DeadLetter.MESSAGE));
  }

  @Test
  void sessionTotalsAreTheSumsOfTheirLines() {
    Tokens two = Tokens.of(2, "acme", "s1");
    Tokens other = Tokens.of(3, "acme", "s2");
    Tokens foreign = Tokens.of(4, "zeta", "s1");
    for (Tokens request : List.of(ONE, two, other, foreign)) {
      run.write(request.started(1, 1), request.chunk(1, 1, 0, 2), request.finished(1, 1, 2));
    }
    run.write(Tokens.of(5, "acme", "s1").refused());
    run.flush();

    SessionUsage totals = run.session("acme/s1");
    assertEquals(3, totals.requests());
    assertEquals(2, totals.finished());
    assertEquals(1, totals.failed());
    assertEquals(new TokenUsage(2 * Tokens.PROMPT, 4, 6), totals.usage());
    assertEquals(2, totals.chunks());
    assertEquals(TopologyRun.at(2), totals.firstAt());
    assertEquals(TopologyRun.at(12), totals.lastAt());
    assertEquals(1, run.session("acme/s2").requests());
    assertEquals(1, run.session("zeta/s1").requests());
    assertEquals(totals, run.changes().getLast());
    assertEquals(totals, run.sessionRecords().getLast());
  }

  @Test
  void requestsThatNeverEndAreForgottenWithTheLog() {
    run.write(ONE.started(1, 11));
    run.advance(Duration.ofHours(25));
    Tokens two = Tokens.of(2);
    run.write(two.started(1, 12));
    run.checkpoint();
    run.write(ONE.chunk(1, 11, 0, 1), ONE.finished(1, 11, 1), two.finished(1, 12, 0));

    assertEquals(two.request(), run.onlyLine().request());
    assertEquals(1, run.count("purged"));
  }

  @Test
  void everyRecordReadIsCountedOnce() {
    run.write(
        ONE.started(1, 11),
        ONE.chunk(1, 11, 5, 1),
        ONE.chunk(1, 11, 0, 1),
        ONE.chunk(1, 11, 0, 1),
        ONE.finished(1, 11, 1),
        ONE.finished(1, 11, 1),
        Tokens.of(2).refused());
    run.writeBytes(null, null);

    double read =
        run.count("events", "outcome", "counted")
            + run.count("events", "outcome", "void")
            + run.count("events", "outcome", "repeated")
            + run.count("rejected", "reason", "malformed")
            + run.count("rejected", "reason", "gap");
    assertEquals(8, read);
    assertEquals(
        run.lines().size(),
        run.count("lines", "outcome", "finished") + run.count("lines", "outcome", "failed"));
  }

  @Test
  void theLedgerHoldsNoContent() {
    run.write(ONE.started(1, 11), ONE.chunk(1, 11, 0, 8), ONE.finished(1, 11, 8));

    String written = new String(run.usage().getFirst().value(), StandardCharsets.ISO_8859_1);
    assertEquals(-1, written.indexOf("abab"));
  }

  /** Gauges which a simple registry adds for the buckets of a histogram have no description. */
  private static final String BUCKETS = ".histogram";

  @Test
  void everyMeterIsDescribed() {
    Set<String> undescribed =
        run.meters().stream()
            .filter(meter -> meter.getId().getDescription() == null)
            .map(meter -> meter.getId().getName())
            .filter(name -> !name.endsWith(BUCKETS))
            .collect(Collectors.toSet());
    assertEquals(Set.of(), undescribed);
  }

  @Test
  void anIdOfZerosIsARequestLikeAnyOther() {
    Tokens zero = new Tokens(new RequestId(0, 0), ONE.context());
    run.write(zero.started(1, 1), zero.finished(1, 1, 0), zero.started(2, 2), zero.refused());

    assertEquals(zero.request(), run.onlyLine().request());
    assertTrue(run.onlyLine().times().endedAt().isAfter(Instant.EPOCH));
  }

  private static byte[] failureWithCode(String code) {
    return io.anyserve.v1.TokenEvent.newBuilder()
        .setFailed(io.anyserve.v1.Failed.newBuilder().setCode(code))
        .build()
        .toByteArray();
  }

  private static String header(Headers headers, String name) {
    return new String(headers.lastHeader(name).value(), StandardCharsets.UTF_8);
  }
}
