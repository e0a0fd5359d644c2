package io.anyserve.metering;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.TopicOffset;
import io.anyserve.contracts.codec.UsageCodec;
import io.anyserve.contracts.event.Cost;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.TenantUsage;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.contracts.topic.DeadLetter;
import io.anyserve.metering.prices.PriceCalculator;
import io.anyserve.quota.QuotaAmounts;
import io.anyserve.quota.QuotaCodec;
import io.anyserve.quota.QuotaEvent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From tokens to aggregates in one topology. */
final class AggregateTopologyTest {

  private static final Tokens ONE = Tokens.of(1);

  @TempDir Path state;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void theAggregatesAreTheSumsOfTheLedger(int seed) {
    try (TopologyRun run = new TopologyRun(state)) {
      RandomLog.of(seed, 2_000).forEach(record -> run.writeBytes(record.key(), record.value()));
      run.flush();
      assertTrue(run.entries().size() > 50, () -> "too few lines");
      assertEquals(PlainAggregates.of(run.entries()), run.aggregates());
    }
  }

  @Test
  void linesDerivedASecondTimeChangeNothing() {
    try (TopologyRun run = new TopologyRun(state)) {
      RandomLog.of(5, 1_000).forEach(record -> run.writeBytes(record.key(), record.value()));
      run.flush();
      Map<String, Object> aggregates = run.aggregates();
      List<TestRecord<byte[], byte[]>> ledger = run.usage();
      ledger.forEach(run::writeUsage);
      run.flush();
      assertEquals(aggregates, run.aggregates());
      assertEquals(ledger.size(), run.count("aggregates.lines", "outcome", "repeated"));
    }
  }

  @Test
  void anEntrySaysWhereItComesFromAndWhatItCost() {
    PriceCalculator prices =
        (at, model, usage, finished) ->
            new Cost(usage.completion() + (finished ? 100 : 0), model + at.toEpochMilli());
    try (TopologyRun run = new TopologyRun(state, BillingServices.NONE.with(prices))) {
      run.write(ONE.started(1, 1), ONE.chunk(1, 1, 0, 5), ONE.finished(1, 1, 5));
      run.flush();
      LedgerEntry entry = run.onlyEntry();
      assertEquals(Optional.of(new TopicOffset("test.tokens", 0, 2)), entry.source());
      assertEquals(new Cost(105, "tiny" + TopologyRun.at(2).toEpochMilli()), entry.cost());
      assertEquals(105, tenant(run, "acme").totals().costMicros());
    }
  }

  @Test
  void aPriceThatCannotBeIsNone() {
    PriceCalculator prices = (_, _, _, _) -> new Cost(Long.MAX_VALUE, "v");
    try (TopologyRun run = new TopologyRun(state, BillingServices.NONE.with(prices))) {
      run.write(ONE.started(1, 1), ONE.finished(1, 1, 0));
      assertEquals(Cost.UNPRICED, run.onlyEntry().cost());
    }
  }

  @Test
  void entriesOfReservedRequestsAreSettledBesideTheLedger() {
    Tokens reserved = Tokens.of(2).reserved();
    try (TopologyRun run = new TopologyRun(state, BillingServices.NONE.with(QuotaCodec::settle))) {
      run.write(ONE.started(1, 1), ONE.finished(1, 1, 0));
      run.write(reserved.started(1, 2), reserved.finished(1, 2, 0));
      List<TestRecord<byte[], byte[]>> settled = run.quotas();
      assertEquals(1, settled.size());
      TenantId tenant = reserved.context().tenant();
      assertArrayEquals(QuotaCodec.key(tenant), settled.getFirst().key());
      assertEquals(
          new QuotaEvent.Settle(tenant, reserved.request(), new QuotaAmounts(Tokens.PROMPT, 1, 0)),
          QuotaCodec.decode(settled.getFirst().value()));
    }
  }

  @Test
  void foreignEntriesGoToTheDeadLettersAndTheNextOneCounts() {
    try (TopologyRun run = new TopologyRun(state)) {
      run.write(ONE.started(1, 1), ONE.finished(1, 1, 0));
      TestRecord<byte[], byte[]> good = run.usage().getFirst();
      LedgerEntry entry = UsageCodec.decodeEntry(good.value());
      run.writeUsage(with(good, new byte[] {(byte) 0xFF, 1}));
      run.writeUsage(new TestRecord<>(null, null));
      run.writeUsage(with(good, edited(entry, entry.times().endedAt(), Optional.empty())));
      run.writeUsage(
          with(good, edited(entry, TopologyRun.START.plus(Duration.ofDays(2)), entry.source())));
      run.writeUsage(
          with(
              good,
              edited(entry, entry.times().endedAt(), Optional.of(new TopicOffset("other", 0, 9)))));
      run.writeUsage(
          new TestRecord<>(
              good.key(), good.value(), type("io.anyserve.usage.v9"), TopologyRun.START));
      run.write(Tokens.of(2).refused());
      run.flush();

      assertEquals(2, tenant(run, "acme").totals().requests());
      List<String> reasons =
          run.deadLetters().stream()
              .map(deadLetter -> header(deadLetter.headers(), DeadLetter.MESSAGE))
              .toList();
      assertEquals(6, reasons.size(), reasons::toString);
      assertTrue(reasons.get(2).contains("source: not set"), reasons::toString);
      assertTrue(reasons.get(3).contains("ended_at: 2026-01-03"), reasons::toString);
      assertTrue(
          reasons.get(4).contains("source: other (expected: test.tokens)"), reasons::toString);
      assertTrue(reasons.get(5).contains("ce_type: io.anyserve.usage.v9"), reasons::toString);
      assertEquals(6, run.count("aggregates.lines", "outcome", "rejected"));
    }
  }

  @Test
  void tokenEventsWithImpossibleCountsOrTimesGoToTheDeadLetters() {
    RequestContext plain = ONE.context();
    RequestContext tomorrow =
        new RequestContext(
            plain.tenant(),
            plain.session(),
            plain.apiKey(),
            plain.capability(),
            plain.labels(),
            TopologyRun.START.plus(Duration.ofDays(3)),
            false);
    try (TopologyRun run = new TopologyRun(state)) {
      run.write(ONE.started(1, 1, -1), ONE.started(1, 1, 1L << 41));
      run.write(new Tokens(ONE.request(), tomorrow).started(1, 1));
      run.writeBytes(ONE.request().bytes(), finishedAfter(Long.MAX_VALUE));
      run.writeFuture(ONE.started(1, 1), Duration.ofDays(2));
      run.write(ONE.started(1, 1), ONE.chunk(1, 1, 0, 2), ONE.finished(1, 1, 2));

      assertEquals(5, run.deadLetters().size());
      assertEquals(1, run.count("rejected", "reason", "malformed"));
      assertEquals(4, run.count("doubted"));
      assertEquals(new TokenUsage(Tokens.PROMPT, 2, 3), run.onlyEntry().usage());
    }
  }

  @Test
  void anEndThatClaimsTheImpossibleStillEndsItsRequest() {
    TokenRecord end =
        ONE.record(
            1,
            1,
            new TokenEvent.Finished(
                io.anyserve.contracts.FinishReason.STOP,
                new TokenUsage(7, 1L << 50, 0),
                Optional.empty(),
                Duration.ofDays(-3)));
    try (TopologyRun run = new TopologyRun(state)) {
      run.write(ONE.started(1, 1), ONE.chunk(1, 1, 0, 4), end);
      assertEquals(4, run.onlyEntry().usage().completion());
      assertEquals(Duration.ZERO, run.onlyEntry().engineTime());
      assertEquals(1, run.deadLetters().size());
      assertEquals(1, run.count("drift.lines"));
    }
  }

  private static byte[] finishedAfter(long engineMicros) {
    var finished =
        io.anyserve.v1.Finished.newBuilder()
            .setReason(io.anyserve.v1.FinishReason.FINISH_REASON_STOP)
            .setEngineMicros(engineMicros);
    return io.anyserve.v1.TokenEvent.newBuilder()
        .setAttempt(1)
        .setExecutionId(1)
        .setFinished(finished)
        .build()
        .toByteArray();
  }

  private static TenantUsage tenant(TopologyRun run, String tenant) {
    return requireNonNull((TenantUsage) run.aggregates().get(tenant), tenant);
  }

  private static TestRecord<byte[], byte[]> with(TestRecord<byte[], byte[]> record, byte[] value) {
    return new TestRecord<>(record.key(), value, record.headers(), TopologyRun.START);
  }

  private static byte[] edited(LedgerEntry entry, Instant ended, Optional<TopicOffset> source) {
    return UsageCodec.encode(
        new LedgerEntry(
            entry.request(),
            entry.context(),
            entry.servedBy(),
            entry.outcome(),
            entry.code(),
            entry.usage(),
            entry.chunks(),
            entry.volume(),
            entry.engineTime(),
            new LedgerEntry.Times(Optional.empty(), Optional.empty(), ended),
            entry.cost(),
            source));
  }

  private static Headers type(String type) {
    return new RecordHeaders().add("ce_type", type.getBytes(StandardCharsets.UTF_8));
  }

  private static String header(Headers headers, String name) {
    return new String(headers.lastHeader(name).value(), StandardCharsets.UTF_8);
  }
}
