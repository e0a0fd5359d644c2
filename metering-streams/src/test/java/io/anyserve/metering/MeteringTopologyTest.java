package io.anyserve.metering;

import static io.anyserve.metering.TopologyRun.header;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.contracts.event.ServedBy;
import io.anyserve.contracts.event.SessionUsage;
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
  void aFinishedRequestIsOneEntry() {
    run.write(
        ONE.started(1, 11), ONE.chunk(1, 11, 0, 1), ONE.chunk(1, 11, 1, 4), ONE.finished(1, 11, 5));

    LedgerEntry entry = run.onlyEntry();
    assertEquals(ONE.request(), entry.request());
    assertEquals(ONE.context(), entry.context());
    assertEquals(new ServedBy("chat", "tiny", "worker-1", 1, false), entry.servedBy());
    assertEquals(Outcome.FINISHED, entry.outcome());
    assertEquals("", entry.code());
    assertEquals(new TokenUsage(Tokens.PROMPT, 5, 3), entry.usage());
    assertEquals(2, entry.chunks());
    assertEquals(12, entry.volume().in());
    assertEquals(10, entry.volume().out());
    assertEquals(Duration.ofMillis(5), entry.engineTime());
    assertEquals(
        new LedgerEntry.Times(
            Optional.of(TopologyRun.at(0)), Optional.of(TopologyRun.at(1)), TopologyRun.at(3)),
        entry.times());
    assertEquals(4, run.count("events", "outcome", "counted"));
    assertEquals(5, run.count("completion.tokens"));
  }

  @Test
  void theEntryIsACloudEventUnderTheRequestsKey() {
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
  void chunksOfSeveralRequestsInOneRecordCountEachForItsOwn() {
    run.write(ONE.started(1, 11), TWO.started(1, 12));
    run.writeBatch(ONE.chunk(1, 11, 0, 2), TWO.chunk(1, 12, 0, 3));
    run.writeBatch(TWO.chunk(1, 12, 1, 4), ONE.chunk(1, 11, 1, 1));
    run.write(ONE.finished(1, 11, 3), TWO.finished(1, 12, 7));

    List<LedgerEntry> entries = run.entries();
    assertEquals(
        List.of(3L, 7L), entries.stream().map(entry -> entry.usage().completion()).toList());
    assertEquals(8, run.count("events", "outcome", "counted"));
    assertEquals(List.of(), run.deadLetters());
  }

  @Test
  void aClaimThatDiffersIsDriftAndTheLogWins() {
    run.write(ONE.started(1, 11), ONE.chunk(1, 11, 0, 3), ONE.finished(1, 11, 1_000));

    assertEquals(3, run.onlyEntry().usage().completion());
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

    List<LedgerEntry> entries = run.entries();
    assertEquals(Outcome.FAILED, entries.get(0).outcome());
    assertEquals("ENGINE_FAILED", entries.get(0).code());
    assertEquals(new TokenUsage(Tokens.PROMPT, 3, 0), entries.get(0).usage());
    assertEquals(Outcome.CANCELLED, entries.get(1).outcome());
    assertEquals("", entries.get(1).code());
    assertEquals(new TokenUsage(Tokens.PROMPT, 2, 0), entries.get(1).usage());
  }

  @Test
  void aRefusalIsOneEntryThatCostsNothing() {
    run.write(ONE.refused(), ONE.refused(), ONE.started(1, 11), ONE.finished(1, 11, 0));

    LedgerEntry entry = run.onlyEntry();
    assertEquals(Outcome.FAILED, entry.outcome());
    assertEquals("NO_WORKER", entry.code());
    assertEquals(TokenUsage.NONE, entry.usage());
    assertEquals(ServedBy.NOBODY, entry.servedBy());
    assertEquals(Optional.empty(), entry.times().startedAt());
    assertEquals(ONE.context(), entry.context());
  }

  @Test
  void anIdOfZerosIsARequestLikeAnyOther() {
    Tokens zero = new Tokens(new RequestId(0, 0), ONE.context());
    run.write(zero.started(1, 1), zero.finished(1, 1, 0), zero.started(2, 2), zero.refused());

    assertEquals(zero.request(), run.onlyEntry().request());
    assertTrue(run.onlyEntry().times().endedAt().isAfter(Instant.EPOCH));
  }

  @Test
  void theLedgerHoldsNoContent() {
    run.write(ONE.started(1, 11), ONE.chunk(1, 11, 0, 8), ONE.finished(1, 11, 8));

    String written = new String(run.usage().getFirst().value(), StandardCharsets.ISO_8859_1);
    assertEquals(-1, written.indexOf("abab"));
  }

  @Test
  void sessionTotalsAreTheSumsOfTheirEntries() {
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

    assertEquals(two.request(), run.onlyEntry().request());
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
        run.entries().size(),
        run.count("lines", "outcome", "finished") + run.count("lines", "outcome", "failed"));
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
}
