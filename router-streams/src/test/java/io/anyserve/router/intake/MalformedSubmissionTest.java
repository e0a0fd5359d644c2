package io.anyserve.router.intake;

import static io.anyserve.router.Samples.NOW;
import static io.anyserve.router.Samples.asynchronous;
import static io.anyserve.router.Samples.id;
import static io.anyserve.router.Samples.interactive;
import static io.anyserve.router.Samples.worker;
import static io.anyserve.router.intake.IntakeRun.bytes;
import static io.anyserve.router.intake.IntakeRun.failed;
import static io.anyserve.router.intake.IntakeRun.failure;
import static io.anyserve.router.intake.IntakeRun.json;
import static io.anyserve.router.intake.IntakeRun.only;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Priority;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.ResultFormat;
import io.anyserve.contracts.codec.RequestCodec;
import io.anyserve.contracts.event.RequestResult;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.contracts.topic.DeadLetter;
import io.anyserve.router.Samples;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.header.Headers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Records that are no request: each is a dead letter, and its sender is answered if known. */
final class MalformedSubmissionTest {

  private final IntakeRun run = new IntakeRun();

  @AfterEach
  void close() {
    run.close();
  }

  @Test
  void malformedRecordsAreDeadLettersAndWhatFollowsIsRouted() {
    run.announce(worker("w1", NOW, "story"));
    run.put(run.topics.intake(), null, null);
    run.put(run.topics.intake(), bytes("key"), new byte[0]);
    run.put(run.topics.intake(), bytes("key"), bytes("Once upon a time"));
    run.put(run.topics.intake(), bytes("key"), bytes("{\"capability\":"));
    run.submit(interactive(id(1), "story", 3));
    var dead = run.deadLetters();
    assertEquals(4, dead.size());
    assertNull(dead.getFirst().value());
    assertArrayEquals(bytes("Once upon a time"), dead.get(2).value());
    assertArrayEquals(bytes("key"), dead.get(2).key());
    assertEquals("anyserve.intake", header(dead.get(2).headers(), DeadLetter.TOPIC));
    assertEquals("2", header(dead.get(2).headers(), DeadLetter.OFFSET));
    assertTrue(header(dead.get(2).headers(), DeadLetter.MESSAGE).startsWith("request: "));
    assertEquals(1, run.requests("story", Priority.INTERACTIVE).size());
    assertEquals(List.of(), run.refusals());
  }

  @Test
  void malformedJsonOfAKnownSenderIsADeadLetterAndAnswered() {
    String json = "{\"id\":\"" + id(4) + "\",\"capability\":\"story\",\"session\":\"s9\",";
    run.submit(json + "\"prompt\":\"Once\",\"max_tokens\":0}");
    TokenRecord event = only(run.refusals());
    assertEquals(id(4), event.request());
    assertEquals(
        "INVALID_REQUEST: max_tokens: 0 (expected: 1 to 131072)",
        failed(event).failure().toString());
    var context = failed(event).context().orElseThrow();
    assertEquals("s9", context.session().value());
    assertEquals("story", context.capability().value());
    assertTrue(context.asynchronous());
    assertEquals(1, run.deadLetters().size());
  }

  @Test
  void malformedProtobufUnderARequestIdIsADeadLetterAndAnswered() {
    run.put(run.topics.intake(), id(4).bytes(), new byte[] {8});
    var told = only(run.results());
    assertEquals(id(4), told.request());
    assertEquals("INVALID_REQUEST", failure(told).code().name());
    assertEquals(1, run.deadLetters().size());
  }

  @Test
  void aReplyPartitionThatDoesNotExistIsInvalid() {
    run.announce(worker("w1", NOW, "story"));
    run.submit(interactive(id(1), "story", Samples.RULES.tokenPartitions()));
    TokenRecord event = only(run.refusals());
    assertEquals(
        "INVALID_REQUEST: reply.partition: 8 (expected: below 8)",
        failed(event).failure().toString());
  }

  @Test
  void whatIsTooLargeToBeSentOnIsADeadLetterWithoutItsValueAndAnswered() {
    run.announce(worker("w1", NOW, "story"));
    String prompt = "x".repeat(Samples.RULES.maxRecordBytes());
    run.submit("{\"capability\":\"story\",\"prompt\":\"" + prompt + "\"}");
    assertEquals(FailureCode.TOO_LARGE, failed(only(run.refusals())).failure().code());
    assertEquals(0, only(run.deadLetters()).value().length);
    assertEquals(List.of(), run.requests("story", Priority.BATCH));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"temperature\": NaN",
        "\"seed\": 1, \"seed\": 2",
        "\"labels\": {\"a\": [[[[[[[[[[1]]]]]]]]]]}",
        "\"labels\": {\"\\ud800\": \"v\"}",
        "\"labels\": {\"a\\nb\": \"v\"}",
        "\"labels\": {\"a\": \"v\\n\"}",
        "\"stop\": \"a\\u0000b\"",
        "\"max_tokens\": 99999999999999999999999999999999999999999999999999999999999999999999999",
        "\"labels\": {\"LONG\": \"v\"}",
        "\"broken\": tru"
      })
  void whatCannotBeReadIsADeadLetterAndItsSenderGetsAFailure(String field) {
    run.announce(worker("w1", NOW, "story"));
    String json = json(id(1), "acme", "Once").replace("}", ", " + field + "}");
    run.submit(json.replace("LONG", "l".repeat(300)));
    assertEquals(1, run.deadLetters().size());
    TokenRecord refusal = only(run.refusals());
    assertEquals(id(1), refusal.request());
    var context = failed(refusal).context().orElseThrow();
    assertEquals("acme", context.tenant().value());
    assertEquals(ResultFormat.JSON, context.result());
    assertEquals(FailureCode.INVALID_REQUEST, failed(refusal).failure().code());
  }

  @Test
  void theKeyTellsWhoseItIsWhenTheValueDoesNot() {
    run.put(run.topics.intake(), bytes(id(1).toString()), bytes("{\"x"));
    run.put(run.topics.intake(), id(2).bytes(), bytes("{\"x"));
    run.put(run.topics.intake(), bytes("sixteen letters."), bytes("{\"x"));
    List<RequestResult> told = run.results();
    assertEquals(List.of(id(1), id(2)), told.stream().map(RequestResult::request).toList());
    for (RequestResult result : told) {
      assertEquals(FailureCode.INVALID_REQUEST, failure(result).code());
    }
    assertEquals(3, run.deadLetters().size());
    assertEquals(List.of(), run.refusals());
  }

  @Test
  void protobufThatOnlyItsDeadlineSpoilsFailsInItsOwnName() {
    run.announce(worker("w1", NOW, "story"));
    var good = asynchronous(id(1), "story");
    byte[] spoiled =
        concat(RequestCodec.encode(good), new byte[] {6 << 3, -1, -1, -1, -1, -1, -1, -1, -1, 127});
    run.put(run.topics.intake(), null, spoiled);
    TokenRecord refusal = only(run.refusals());
    assertEquals(id(1), refusal.request());
    assertEquals(good.context(), failed(refusal).context().orElseThrow());
    assertEquals(1, run.deadLetters().size());
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 1_896_091_200_000_000L})
  void protobufThatTheLedgerWouldRefuseIsRefused(long acceptedAt) {
    run.announce(worker("w1", NOW, "story"));
    var context = asynchronous(id(1), "story").context();
    var implausible =
        new RequestContext(
            context.tenant(),
            context.session(),
            "k".repeat(2_000),
            context.capability(),
            context.labels(),
            Instant.ofEpochMilli(acceptedAt),
            true);
    var good = asynchronous(id(1), "story");
    run.submit(
        new InferenceRequest(
            good.id(), implausible, good.input(), good.parameters(), good.routing()));
    assertEquals(List.of(), run.requests("story", Priority.BATCH));
    var refused = failed(only(run.refusals())).context().orElseThrow();
    assertEquals("", refused.apiKey());
    assertEquals(NOW, refused.acceptedAt());
  }

  @Test
  void aByteOrderMarkIsRead() {
    run.announce(worker("w1", NOW, "story"));
    run.submit("\uFEFF" + json(id(1), "acme", "Once"));
    assertEquals(1, run.requests("story", Priority.BATCH).size());
  }

  private static String header(Headers headers, String name) {
    return new String(headers.lastHeader(name).value(), UTF_8);
  }

  private static byte[] concat(byte[] first, byte[] second) {
    byte[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }
}
