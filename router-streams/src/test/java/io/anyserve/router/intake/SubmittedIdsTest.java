package io.anyserve.router.intake;

import static io.anyserve.router.Samples.NOW;
import static io.anyserve.router.Samples.asynchronous;
import static io.anyserve.router.Samples.id;
import static io.anyserve.router.Samples.ingressId;
import static io.anyserve.router.Samples.interactive;
import static io.anyserve.router.Samples.worker;
import static io.anyserve.router.intake.IntakeRun.bytes;
import static io.anyserve.router.intake.IntakeRun.failed;
import static io.anyserve.router.intake.IntakeRun.failure;
import static io.anyserve.router.intake.IntakeRun.json;
import static io.anyserve.router.intake.IntakeRun.only;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.Priority;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.event.RequestResult;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.router.streams.RouterMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ids that submitters choose: each runs once, and whoever sends it is answered. */
final class SubmittedIdsTest {

  private static final IntakeRules FOUR_PARTITIONS =
      new IntakeRules(4, 8, Duration.ofHours(24), 10_000);

  private final IntakeRun run = new IntakeRun();

  @AfterEach
  void close() {
    run.close();
  }

  @Test
  void theSameSubmissionAgainDoesNotRunAgain() {
    run.announce(worker("w1", NOW, "story"));
    run.submit(json(id(1), "acme", "Once"));
    run.submit(json(id(1), "acme", "Once"));
    assertEquals(1, run.requests("story", Priority.BATCH).size());
    TokenRecord told = only(run.refusals());
    assertEquals(id(1), told.request());
    assertInstanceOf(TokenEvent.DuplicateSubmission.class, told.event());
    assertEquals(List.of(), run.output(run.topics.results()));
  }

  @Test
  void protobufAndItsTimesAgainDoNotRunAgain() {
    run.announce(worker("w1", NOW, "story"));
    run.submit(asynchronous(id(1), "story"));
    run.submit(asynchronous(id(1), "story"), NOW.plusSeconds(5));
    assertEquals(1, run.requests("story", Priority.BATCH).size());
    assertInstanceOf(TokenEvent.DuplicateSubmission.class, only(run.refusals()).event());
  }

  @ParameterizedTest
  @ValueSource(strings = {"acme", "other"})
  void anIdUsedForSomethingElseIsRefusedWithoutRunning(String tenant) {
    run.announce(worker("w1", NOW, "story"));
    run.submit(json(id(1), "acme", "Once"));
    run.submit(json(id(1), tenant, tenant.equals("acme") ? "Twice" : "Once"));
    assertEquals(1, run.requests("story", Priority.BATCH).size());
    assertEquals(List.of(), run.refusals());
    RequestResult result = only(run.results());
    assertEquals(tenant, result.context().tenant().value());
    assertEquals(
        new Failure(
            FailureCode.IDEMPOTENCY_CONFLICT,
            "id: " + id(1) + " (expected: one that was not used before)"),
        failure(result));
  }

  @Test
  void anIdElsewhereIsWrittenToItsOwnPartitionAsItCame() {
    RequestId elsewhere = idAt(3);
    byte[] submission = bytes(json(elsewhere, "acme", "Once"));
    var registry = new SimpleMeterRegistry();
    var context = new MockProcessorContext<byte[], IntakeOutput>();
    context.setRecordMetadata(run.topics.intake(), 1, 7);
    var processor = new IntakeProcessor(FOUR_PARTITIONS, () -> NOW, new RouterMetrics(registry));
    processor.init(context);
    processor.process(new Record<>(bytes("any"), submission, NOW.toEpochMilli()));
    var forwarded = only(context.forwarded());
    assertEquals(Optional.of(IntakeTopology.HOME_SINK), forwarded.childName());
    assertArrayEquals(elsewhere.bytes(), forwarded.record().key());
    assertArrayEquals(submission, forwarded.record().value().bytes());
    assertEquals(3, ((IntakeOutput.Moved) forwarded.record().value()).partition());
    assertArrayEquals(bytes("1:7"), header(forwarded.record().headers()));
    assertEquals(1, registry.counter("anyserve.router.moved").count());
  }

  @Test
  void aSecondCopyOfWhatWasMovedIsNothing() {
    run.announce(worker("w1", NOW, "story"));
    byte[] submission = bytes(json(id(1), "acme", "Once"));
    run.submit(submission, from("2:7"));
    run.submit(submission, from("2:7"));
    assertEquals(1, run.requests("story", Priority.BATCH).size());
    assertEquals(List.of(), run.refusals());
    assertEquals(List.of(), run.output(run.topics.results()));
    run.submit(submission, from("2:8"));
    assertEquals(0, run.requests("story", Priority.BATCH).size());
    assertInstanceOf(TokenEvent.DuplicateSubmission.class, only(run.refusals()).event());
  }

  @Test
  void aRefusedIdIsRememberedToo() {
    run.submit(json(id(1), "acme", "Once").replace("\"prompt\"", "\"promt\""));
    assertEquals(FailureCode.INVALID_REQUEST, failed(only(run.refusals())).failure().code());
    run.submit(json(id(1), "acme", "Once"));
    assertEquals(FailureCode.IDEMPOTENCY_CONFLICT, failure(only(run.results())).code());
  }

  /** Broken JSON, JSON that is no request, nothing at all, and protobuf that is noise. */
  @ParameterizedTest
  @ValueSource(strings = {"{\"x", "{\"promt\":\"Once\"}", "{\"id\":7}", "", "\u0001\u0002\u0003"})
  void aKeyAloneTellsNothingToThoseWhoHaveTheId(String unreadable) {
    run.announce(worker("w1", NOW, "story"));
    run.submit(json(id(1), "acme", "Once"));
    run.put(run.topics.intake(), id(1).bytes(), bytes(unreadable));
    assertEquals(1, run.requests("story", Priority.BATCH).size());
    assertEquals(1, run.deadLetters().size());
    assertEquals(List.of(), run.results());
    assertEquals(List.of(), run.refusals());
    assertEquals(0, run.counted("anyserve.router.duplicates"));
    assertEquals(1, run.counted("anyserve.router.refused"));
  }

  @Test
  void aKeyAloneTakesTheIdFromNobodyWhoComesLater() {
    run.announce(worker("w1", NOW, "story"));
    run.put(run.topics.intake(), id(1).bytes(), bytes("{\"x"));
    assertEquals(FailureCode.INVALID_REQUEST, failure(only(run.results())).code());
    run.submit(json(id(1), "acme", "Once"));
    assertEquals(id(1), only(run.requests("story", Priority.BATCH)).id());
    assertEquals(List.of(), run.results());
    assertEquals(List.of(), run.refusals());
  }

  @Test
  void aKeyAloneIsJudgedWhereItsIdIsKnown() {
    RequestId elsewhere = idAt(3);
    var first = new MockProcessorContext<byte[], IntakeOutput>();
    processElsewhere(first, elsewhere, bytes("{\"x"));
    assertEquals(Optional.of(IntakeTopology.HOME_SINK), only(first.forwarded()).childName());
    var second = new MockProcessorContext<byte[], IntakeOutput>();
    processElsewhere(second, elsewhere, bytes("{" + " ".repeat(20_000)));
    assertEquals(
        Optional.of(IntakeTopology.DEAD_LETTERS_SINK), only(second.forwarded()).childName());
  }

  private void processElsewhere(
      MockProcessorContext<byte[], IntakeOutput> context, RequestId id, byte[] value) {
    context.setRecordMetadata(run.topics.intake(), 1, 7);
    var meters = new RouterMetrics(new SimpleMeterRegistry());
    var processor = new IntakeProcessor(FOUR_PARTITIONS, () -> NOW, meters);
    processor.init(context);
    processor.process(new Record<>(id.bytes(), value, NOW.toEpochMilli()));
  }

  @Test
  void theIdOfACallersRequestIsNobodyElses() {
    run.announce(worker("w1", NOW, "story"));
    run.submit(interactive(ingressId(1), "story", 3));
    run.submit(json(ingressId(1), "acme", "Once"));
    assertEquals(ingressId(1), only(run.requests("story", Priority.INTERACTIVE)).id());
    assertEquals(List.of(), run.requests("story", Priority.BATCH));
    assertEquals(FailureCode.IDEMPOTENCY_CONFLICT, failure(only(run.results())).code());
    assertEquals(List.of(), run.refusals());
    assertEquals(0, run.submissions());
  }

  @Test
  void aMalformedSubmissionDoesNotEndTheCallersRequest() {
    run.submit(json(ingressId(1), "acme", "Once").replace("\"prompt\"", "\"promt\""));
    assertEquals(FailureCode.INVALID_REQUEST, failure(only(run.results())).code());
    assertEquals(List.of(), run.refusals());
    assertEquals(0, run.submissions());
  }

  @Test
  void anIdInUseIsNotThatOfARequestWhoseCallerSeemsToWait() {
    run.announce(worker("w1", NOW, "story"));
    run.submit(json(id(1), "acme", "Once"));
    run.submit(interactive(id(1), "story", 3));
    assertEquals(1, run.requests("story", Priority.BATCH).size());
    assertEquals(List.of(), run.requests("story", Priority.INTERACTIVE));
    assertEquals(FailureCode.IDEMPOTENCY_CONFLICT, failure(only(run.results())).code());
    assertEquals(List.of(), run.refusals());
  }

  @Test
  void theIdOfARequestWhoseCallerSeemsToWaitIsInUse() {
    run.announce(worker("w1", NOW, "story"));
    run.submit(interactive(id(1), "story", 3));
    run.submit(asynchronous(id(1), "story"));
    assertEquals(1, run.requests("story", Priority.INTERACTIVE).size());
    assertEquals(List.of(), run.requests("story", Priority.BATCH));
    assertEquals(FailureCode.IDEMPOTENCY_CONFLICT, failure(only(run.results())).code());
    assertEquals(List.of(), run.refusals());
  }

  @Test
  void whatIsReadIsCountedOnce() {
    run.announce(worker("w1", NOW, "story"));
    for (int i = 0; i < 40; i++) {
      run.submit(json(id(i % 10), "acme", "Once"));
    }
    run.submit("{");
    double ended =
        Stream.of("routed", "refused", "duplicates", "moved")
            .mapToDouble(name -> run.counted("anyserve.router." + name))
            .sum();
    assertEquals(run.counted("anyserve.router.read"), ended);
    assertEquals(30, run.counted("anyserve.router.duplicates"));
  }

  private static RequestId idAt(int partition) {
    for (int i = 0; ; i++) {
      if (FOUR_PARTITIONS.homeOf(id(i)) == partition) {
        return id(i);
      }
    }
  }

  private static Headers from(String origin) {
    return new RecordHeaders().add("anyserve-origin", bytes(origin));
  }

  private static byte[] header(Headers headers) {
    return headers.lastHeader("anyserve-origin").value();
  }
}
