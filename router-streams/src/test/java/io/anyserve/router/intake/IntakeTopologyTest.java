package io.anyserve.router.intake;

import static io.anyserve.router.Samples.NOW;
import static io.anyserve.router.Samples.alias;
import static io.anyserve.router.Samples.asynchronous;
import static io.anyserve.router.Samples.fallbacks;
import static io.anyserve.router.Samples.id;
import static io.anyserve.router.Samples.ingressId;
import static io.anyserve.router.Samples.interactive;
import static io.anyserve.router.Samples.worker;
import static io.anyserve.router.intake.IntakeRun.bytes;
import static io.anyserve.router.intake.IntakeRun.failed;
import static io.anyserve.router.intake.IntakeRun.json;
import static io.anyserve.router.intake.IntakeRun.only;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.UnknownFieldSet;
import io.anyserve.contracts.Capability;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.Priority;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.codec.RequestCodec;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.router.Samples;
import io.anyserve.router.routing.StoreBackedDirectory;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The intake as a table: what is known, what comes in, where it goes. */
final class IntakeTopologyTest {

  private final IntakeRun run = new IntakeRun();

  @AfterEach
  void close() {
    run.close();
  }

  @Test
  void aRequestGoesUnchangedToTheTopicOfALiveCapability() {
    run.announce(worker("w1", NOW, "story"));
    InferenceRequest request = interactive(id(1), "story", 3);
    run.submit(request);
    assertEquals(List.of(request), run.requests("story", Priority.INTERACTIVE));
    assertNothingRefused();
  }

  @Test
  void fieldsThatOnlyANewerVersionKnowsGoOn() throws Exception {
    run.announce(worker("w1", NOW, "story"));
    UnknownFieldSet newer =
        UnknownFieldSet.newBuilder()
            .addField(9_999, UnknownFieldSet.Field.newBuilder().addVarint(7).build())
            .build();
    byte[] request = RequestCodec.encode(interactive(id(1), "story", 3));
    run.submit(
        io.anyserve.v1.InferenceRequest.parseFrom(request).toBuilder()
            .setUnknownFields(newer)
            .build()
            .toByteArray(),
        new RecordHeaders());
    assertEquals(
        newer,
        io.anyserve.v1.InferenceRequest.parseFrom(run.only("anyserve.requests.story").value())
            .getUnknownFields());
  }

  @Test
  void theSessionIsTheKey() {
    run.announce(worker("w1", NOW, "story"));
    run.submit(interactive(id(1), "story", 3));
    assertArrayEquals(bytes("s1"), run.only("anyserve.requests.story").key());
  }

  @Test
  void anAliasIsNoDelegation() {
    run.announce(worker("w1", NOW, "story"));
    run.table(alias("tale", "story"));
    run.submit(interactive(id(1), "tale", 3));
    InferenceRequest routed = only(run.requests("story", Priority.INTERACTIVE));
    assertFalse(routed.routing().delegated());
    assertEquals(new Capability("tale"), routed.context().capability());
  }

  @Test
  void aFallbackIsADelegation() {
    run.announce(worker("w1", NOW, "small"));
    run.table(fallbacks("large", "medium", "small"));
    run.submit(interactive(id(1), "large", 3));
    InferenceRequest routed = only(run.requests("small", Priority.INTERACTIVE));
    assertEquals(List.of(new Capability("large")), routed.routing().delegatedFrom());
    assertEquals(new ReplyTo(3, 17), routed.routing().reply());
  }

  @Test
  void whenTheWorkerFallsSilentItsFallbackAnswersAndBack() {
    run.announce(worker("w1", NOW, "large"), worker("w2", NOW.plusSeconds(60), "small"));
    run.table(fallbacks("large", "small"));
    run.submit(interactive(id(1), "large", 3));
    run.turnClock(NOW.plus(Samples.ALIVE));
    run.submit(interactive(id(2), "large", 3));
    run.announce(worker("w1", NOW.plus(Samples.ALIVE), "large"));
    run.submit(interactive(id(3), "large", 3));
    assertEquals(List.of(id(1), id(3)), ids(run.requests("large", Priority.INTERACTIVE)));
    assertEquals(List.of(id(2)), ids(run.requests("small", Priority.INTERACTIVE)));
  }

  @Test
  void whenAllWorkersFellSilentAtOnceWorkWaitsForThemAWhile() {
    run.announce(worker("w1", NOW, "story"));
    run.turnClock(NOW.plus(StoreBackedDirectory.OUTAGE).minusMillis(1));
    run.submit(interactive(id(1), "story", 3));
    run.turnClock(NOW.plus(StoreBackedDirectory.OUTAGE));
    run.submit(interactive(id(2), "story", 3));
    assertEquals(List.of(id(1)), ids(run.requests("story", Priority.INTERACTIVE)));
    assertEquals(List.of(FailureCode.NO_WORKER), refusalCodes());
  }

  @Test
  void aForgottenWorkerAndADeletedRouteAreGone() {
    run.announce(worker("w1", NOW, "story"));
    run.table(alias("tale", "story"));
    run.put(run.topics.workers(), bytes("w1"), null);
    run.put(run.topics.capabilities(), bytes("tale"), null);
    run.submit(asynchronous(id(1), "story"));
    run.submit(asynchronous(id(2), "tale"));
    assertEquals(
        List.of(FailureCode.UNKNOWN_CAPABILITY, FailureCode.UNKNOWN_CAPABILITY), refusalCodes());
  }

  @Test
  void anUnknownCapabilityFailsNamingTheKnownOnes() {
    run.announce(worker("w1", NOW, "story"));
    run.submit(interactive(id(1), "stroy", 5));
    TokenRecord event = only(run.refusals());
    assertEquals(id(1), event.request());
    assertEquals(0, event.attempt());
    assertEquals(
        "UNKNOWN_CAPABILITY: capability: \"stroy\" (expected: one of story)",
        failed(event).failure().toString());
    assertEquals(Optional.of(interactive(id(1), "stroy", 5).context()), failed(event).context());
  }

  @Test
  void nobodyLiveFailsWhoeverWaitsAndKeepsTheOthers() {
    run.announce(worker("w1", NOW.minusSeconds(3600), "story"));
    run.submit(interactive(id(1), "story", 0));
    run.submit(asynchronous(id(2), "story"));
    assertEquals(List.of(FailureCode.NO_WORKER), refusalCodes());
    assertEquals(List.of(id(2)), ids(run.requests("story", Priority.BATCH)));
  }

  @Test
  void anAsynchronousRequestGetsAnAddressAndADeadline() {
    run.announce(worker("w1", NOW, "story"));
    run.submit(asynchronous(id(1), "story"));
    var routing = only(run.requests("story", Priority.BATCH)).routing();
    assertEquals(Samples.RULES.replyOf(id(1)), routing.reply());
    assertEquals(ReplyTo.UNKNOWN_OFFSET, routing.reply().fromOffset());
    assertEquals(Optional.of(NOW.plus(Duration.ofHours(24))), routing.deadline());
  }

  @Test
  void aDeadlineThatTheTopicDoesNotKeepIsRefused() {
    run.announce(worker("w1", NOW, "story"));
    String json = "{\"capability\":\"story\",\"prompt\":\"x\",\"deadline_seconds\":86401,";
    run.submit(json + "\"lane\":\"interactive\"}");
    assertEquals(
        "INVALID_REQUEST: deadline: in PT24H1S (expected: at most PT24H for interactive requests)",
        failed(only(run.refusals())).failure().toString());
    run.submit(json + "\"lane\":\"batch\"}");
    assertEquals(1, run.requests("story", Priority.BATCH).size());
  }

  @Test
  void aProtobufRequestWithoutASeedGetsThatOfItsId() throws Exception {
    run.announce(worker("w1", NOW, "story"));
    var message =
        io.anyserve.v1.InferenceRequest.parseFrom(
            RequestCodec.encode(interactive(ingressId(1), "story", 3)))
            .toBuilder();
    message.getParametersBuilder().clearSeed();
    run.put(run.topics.intake(), ingressId(1).bytes(), message.build().toByteArray());
    message.getParametersBuilder().setSeed(0);
    run.put(run.topics.intake(), ingressId(1).bytes(), message.build().toByteArray());
    List<Long> seeds =
        run.requests("story", Priority.INTERACTIVE).stream()
            .map(request -> request.parameters().sampling().seed())
            .toList();
    assertEquals(List.of(ingressId(1).low(), 0L), seeds);
  }

  @Test
  void samplingThatARequestLeavesOutIsStillLeftOutWhenItIsRouted() throws Exception {
    run.announce(worker("w1", NOW, "story"));
    var message =
        io.anyserve.v1.InferenceRequest.parseFrom(
            RequestCodec.encode(interactive(id(1), "story", 3)))
            .toBuilder();
    message.getParametersBuilder().clearTemperature().clearTopP().setTopK(0);
    run.put(run.topics.intake(), id(1).bytes(), message.build().toByteArray());
    run.submit("{\"capability\":\"story\",\"prompt\":\"x\",\"temperature\":1}");
    var routed = only(run.requests("story", Priority.INTERACTIVE)).parameters().sampling();
    assertEquals(OptionalDouble.empty(), routed.temperature());
    assertEquals(OptionalDouble.empty(), routed.truncation().topP());
    assertEquals(OptionalInt.of(0), routed.truncation().topK());
    var json = only(run.requests("story", Priority.BATCH)).parameters().sampling();
    assertEquals(OptionalDouble.of(1), json.temperature());
    assertEquals(OptionalDouble.empty(), json.truncation().topP());
    assertEquals(OptionalInt.empty(), json.truncation().topK());
  }

  @Test
  void jsonBecomesAnAsynchronousRequestOfBatchPriority() {
    run.announce(worker("w1", NOW, "story"));
    run.submit("{\"capability\":\"story\",\"prompt\":\"Once\",\"max_tokens\":40}");
    InferenceRequest request = only(run.requests("story", Priority.BATCH));
    assertEquals(new Payload.Text("Once"), request.input());
    assertEquals(40, request.parameters().maxTokens());
    assertTrue(request.context().asynchronous());
    assertEquals(NOW, request.context().acceptedAt());
  }

  @Test
  void theSameRecordReadAgainIsTheSameRequestAndTheNextIsAnother() {
    run.announce(worker("w1", NOW, "story"));
    String json = "{\"capability\":\"story\",\"prompt\":\"Once\"}";
    run.submit(json);
    run.submit(json);
    List<InferenceRequest> first = run.requests("story", Priority.BATCH);
    try (IntakeRun replay = new IntakeRun()) {
      replay.announce(worker("w1", NOW, "story"));
      replay.submit(json);
      replay.submit(json);
      assertEquals(first, replay.requests("story", Priority.BATCH));
    }
    assertEquals(2, ids(first).stream().distinct().count());
  }

  @Test
  void theContentTypeDecidesWhereThereIsOne() {
    run.announce(worker("w1", NOW, "story"));
    byte[] request = RequestCodec.encode(interactive(id(1), "story", 3));
    run.submit(request, contentType("application/x-protobuf; messageType=InferenceRequest"));
    run.submit(bytes(" {\"capability\":\"story\",\"prompt\":\"x\"}"), contentType("text/plain"));
    run.submit(request, contentType("application/json; charset=utf-8"));
    assertEquals(1, run.requests("story", Priority.INTERACTIVE).size());
    assertEquals(1, run.requests("story", Priority.BATCH).size());
    assertEquals(1, run.deadLetters().size());
  }

  @Test
  void traceHeadersTravelOnAndOthersDoNot() {
    run.announce(worker("w1", NOW, "story"));
    Headers headers = contentType("application/json");
    headers.add("traceparent", bytes("00-1-2-01")).add("cookie", bytes("secret"));
    run.submit(bytes("{\"capability\":\"story\",\"prompt\":\"x\"}"), headers);
    Headers routed = run.only("anyserve.requests.story.batch").headers();
    assertEquals("00-1-2-01", header(routed, "traceparent"));
    assertEquals("application/x-protobuf", header(routed, "content-type"));
    assertNull(routed.lastHeader("cookie"));
  }

  @Test
  void unreadableRowsLeaveTheTablesAsTheyWere() {
    run.announce(worker("w1", NOW, "story"));
    run.table(alias("tale", "story"));
    for (String topic : List.of(run.topics.workers(), run.topics.capabilities())) {
      run.put(topic, null, null);
      run.put(topic, null, bytes("x"));
      run.put(topic, bytes("w1"), bytes("garbage"));
      run.put(topic, bytes("tale"), new byte[0]);
    }
    run.submit(interactive(id(1), "tale", 3));
    assertEquals(1, run.requests("story", Priority.INTERACTIVE).size());
    assertEquals(8, run.counted("anyserve.router.ignored"));
  }

  @Test
  void everyRecordReadIsRoutedOrRefused() {
    run.announce(worker("w1", NOW, "story"));
    for (int i = 0; i < 20; i++) {
      run.submit(interactive(id(i), i % 2 == 0 ? "story" : "stroy", i % 8));
      run.submit("{\"capability\":\"story\",\"prompt\":" + (i % 3 == 0 ? "1}" : "\"x\"}"));
      run.put(run.topics.intake(), null, new byte[i]);
    }
    assertEquals(60, run.counted("anyserve.router.read"));
    assertEquals(23, run.counted("anyserve.router.routed"));
    assertEquals(37, run.counted("anyserve.router.refused"));
    assertEquals(27, run.counted("anyserve.router.dead.letters"));
  }

  private void assertNothingRefused() {
    assertEquals(List.of(), run.refusals());
    assertEquals(0, run.deadLetters().size());
  }

  private List<FailureCode> refusalCodes() {
    return run.refusals().stream().map(event -> failed(event).failure().code()).toList();
  }

  private static List<RequestId> ids(List<InferenceRequest> requests) {
    return requests.stream().map(InferenceRequest::id).toList();
  }

  private static Headers contentType(String type) {
    return new RecordHeaders().add("content-type", bytes(type));
  }

  private static String header(Headers headers, String name) {
    return new String(headers.lastHeader(name).value(), UTF_8);
  }
}
