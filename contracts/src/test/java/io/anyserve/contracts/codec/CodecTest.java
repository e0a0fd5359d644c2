package io.anyserve.contracts.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Capability;
import io.anyserve.contracts.ChatMessage;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.Idempotency;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.ObjectRef;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.Priority;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.RequestKind;
import io.anyserve.contracts.ResultFormat;
import io.anyserve.contracts.RoutingMetadata;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.TopicOffset;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.answer.AnswerDelta;
import io.anyserve.contracts.answer.ToolCallDelta;
import io.anyserve.contracts.event.CapabilityOffer;
import io.anyserve.contracts.event.CapabilityRoute;
import io.anyserve.contracts.event.ControlCommand;
import io.anyserve.contracts.event.Cost;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.contracts.event.RequestResult;
import io.anyserve.contracts.event.ServedBy;
import io.anyserve.contracts.event.SessionUsage;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.contracts.event.WorkerHeartbeat;
import io.anyserve.contracts.event.WorkerState;
import io.anyserve.contracts.sampling.GenerationParameters;
import io.anyserve.contracts.sampling.LogitBias;
import io.anyserve.contracts.sampling.OutputFormat;
import io.anyserve.contracts.sampling.Penalties;
import io.anyserve.contracts.sampling.PositionLogprobs;
import io.anyserve.contracts.sampling.RequestedPenalties;
import io.anyserve.contracts.sampling.RequestedSampling;
import io.anyserve.contracts.sampling.RequestedTruncation;
import io.anyserve.contracts.sampling.SamplingParams;
import io.anyserve.contracts.sampling.StopCriteria;
import io.anyserve.contracts.sampling.TokenLogprob;
import io.anyserve.contracts.tool.ToolCall;
import io.anyserve.contracts.tool.ToolChoice;
import io.anyserve.contracts.tool.ToolDefinition;
import io.anyserve.contracts.tool.ToolOptions;
import io.anyserve.v1.Chunk;
import io.anyserve.v1.ChunkBatch;
import io.anyserve.v1.RequestChunk;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CodecTest {

  private static final RequestId ID = RequestId.next(1_700_000_000_000L, new Random(1));
  private static final RequestId OTHER = RequestId.next(1_700_000_000_000L, new Random(2));
  private static final RequestContext CONTEXT =
      new RequestContext(
          new TenantId("acme"),
          new SessionId("s-1"),
          "key-1",
          new Capability("story"),
          Map.of("team", "a"),
          Instant.ofEpochMilli(1_700_000_000_000L),
          true);
  private static final ObjectRef OBJECT =
      new ObjectRef(
          "bucket",
          "tenants/acme/x",
          "v1",
          70_000,
          "ab".repeat(32),
          "text/plain",
          Instant.ofEpochMilli(5));
  private static final TokenUsage USAGE = new TokenUsage(10, 5, 2);

  private static final PositionLogprobs LOGPROBS =
      new PositionLogprobs(
          new TokenLogprob(7, ByteString.copyFrom(new byte[] {(byte) 0xF0, (byte) 0x9F}), -0.5f),
          List.of(
              new TokenLogprob(7, ByteString.copyFromUtf8("a"), -0.5f),
              new TokenLogprob(8, ByteString.EMPTY, TokenLogprob.LEAST)),
          12);

  static Stream<Payload> payloads() {
    return Stream.of(
        new Payload.Text("Once upon a time \u2603 \ud83d\ude00"),
        new Payload.Chat(
            List.of(new ChatMessage("system", "Be brief."), new ChatMessage("user", "Hi"))),
        new Payload.Chat(
            List.of(
                new ChatMessage("user", "Weather?", "", List.of(), "", "ann"),
                ChatMessage.assistant(
                    "", "hm", List.of(new ToolCall("call_1", "weather", "{\"city\": \"Rome\"}"))),
                ChatMessage.toolResult("call_1", "sunny")),
            new ToolOptions(
                List.of(
                    new ToolDefinition("weather", "of a city", "{\"type\": \"object\"}", true),
                    new ToolDefinition("time", "", "", false)),
                new ToolChoice.Function("weather"),
                false),
            Optional.of(false)),
        new Payload.Bytes(ByteString.copyFromUtf8("\0bytes"), "application/octet-stream"),
        new Payload.ObjectReference(OBJECT));
  }

  @ParameterizedTest
  @MethodSource("payloads")
  void requests(Payload input) {
    InferenceRequest request =
        new InferenceRequest(
            ID,
            CONTEXT,
            input,
            new GenerationParameters(
                40,
                new SamplingParams(0.7, 0.9, 50, -3, new Penalties(-0.5, 1.25)),
                List.of("END"),
                true),
            new RoutingMetadata(
                new ReplyTo(3, 99),
                Optional.of(Instant.ofEpochMilli(9)),
                Priority.BATCH,
                List.of(new Capability("first")),
                2),
            Optional.of(new Idempotency(-7, "cd".repeat(32))));

    assertEquals(request, RequestCodec.decode(RequestCodec.encode(request)));
  }

  static Stream<RequestedSampling> samplings() {
    OptionalDouble none = OptionalDouble.empty();
    OptionalInt noTopK = OptionalInt.empty();
    return Stream.of(
        RequestedSampling.seeded(0),
        RequestedSampling.of(SamplingParams.GREEDY),
        new RequestedSampling(OptionalDouble.of(0), none, noTopK, none, none, 1),
        new RequestedSampling(none, OptionalDouble.of(1), noTopK, none, none, 2),
        new RequestedSampling(none, none, OptionalInt.of(0), none, none, 3),
        new RequestedSampling(none, none, noTopK, OptionalDouble.of(0), none, 4),
        new RequestedSampling(none, none, noTopK, none, OptionalDouble.of(0), 5),
        new RequestedSampling(
            none,
            new RequestedTruncation(none, noTopK, OptionalDouble.of(0), none),
            RequestedPenalties.NONE,
            6),
        new RequestedSampling(
            none,
            new RequestedTruncation(none, noTopK, none, OptionalDouble.of(1)),
            new RequestedPenalties(none, none, OptionalDouble.of(1)),
            7));
  }

  static Stream<GenerationParameters> controls() {
    GenerationParameters plain = GenerationParameters.greedy(40);
    StopCriteria ends = new StopCriteria(List.of("END"), true);
    return Stream.of(
        plain.with(ends.withTokens(List.of(9, 3)).withMinTokens(40)),
        plain.with(new OutputFormat.JsonObject()),
        plain.with(new OutputFormat.JsonSchema("{\"type\": \"string\"}")),
        plain.with(new OutputFormat.Regex("[a-z]+")));
  }

  @ParameterizedTest
  @MethodSource("controls")
  void controlsOfTheAnswer(GenerationParameters parameters) {
    assertEquals(parameters, ParametersCodec.read(ParametersCodec.write(parameters), 0));
  }

  @ParameterizedTest
  @MethodSource("samplings")
  void whatARequestLeavesOutOfSamplingStaysOut(RequestedSampling sampling) {
    InferenceRequest request =
        new InferenceRequest(
            ID,
            CONTEXT,
            new Payload.Text("Once"),
            new GenerationParameters(40, sampling, List.of(), false),
            new RoutingMetadata(
                new ReplyTo(3, 99), Optional.empty(), Priority.BATCH, List.of(), 2));

    assertEquals(request, RequestCodec.decode(RequestCodec.encode(request)));
  }

  static Stream<TokenEvent> events() {
    Failure failure = new Failure(FailureCode.ENGINE_FAILED, "out of memory");
    return Stream.of(
        new TokenEvent.Started(
            CONTEXT,
            new WorkerId("w1"),
            new Capability("story"),
            "tiny",
            10,
            44,
            true,
            Optional.of(new TopicOffset("anyserve.requests.story", 3, 77)),
            true),
        new TokenEvent.DuplicateSubmission(new ReplyTo(3, 99), "ab".repeat(32), CONTEXT),
        new TokenEvent.Released("the worker stops"),
        new TokenEvent.Released("the worker stops", true),
        new TokenEvent.Chunk(4, TokenIds.of(1, 2, 3), "abc", Optional.empty()),
        new TokenEvent.Chunk(5, TokenIds.of(7), "", Optional.empty(), List.of(LOGPROBS)),
        new TokenEvent.Chunk(
            6,
            TokenIds.of(8),
            new AnswerDelta(
                "a",
                "hm",
                List.of(
                    new ToolCallDelta(0, "call_1", "weather", ""),
                    new ToolCallDelta(0, "", "", "{}"))),
            Optional.empty(),
            List.of()),
        new TokenEvent.Finished(
            FinishReason.TOOL_CALLS, USAGE, Optional.empty(), Duration.ofMillis(12)),
        new TokenEvent.Chunk(
            0, TokenIds.NONE, "", Optional.of(new Payload.ObjectReference(OBJECT))),
        new TokenEvent.Finished(
            FinishReason.LENGTH,
            USAGE,
            Optional.of(new Payload.Text("all of it")),
            Duration.ofMillis(12)),
        new TokenEvent.Failed(failure, USAGE, Optional.empty()),
        new TokenEvent.Failed(failure, USAGE, Optional.of(CONTEXT)),
        new TokenEvent.Cancelled(CancelReason.DEADLINE, USAGE, Optional.empty()));
  }

  @ParameterizedTest
  @MethodSource("events")
  void tokenEvents(TokenEvent event) {
    TokenRecord record = new TokenRecord(ID, 2, -77, event);

    assertEquals(record, TokenCodec.decode(ID.bytes(), TokenCodec.encode(record)));
  }

  @ParameterizedTest
  @MethodSource("events")
  void cutTokenEventsAreMalformedOrAnotherEventButNeverAnotherError(TokenEvent event) {
    byte[] whole = TokenCodec.encode(new TokenRecord(ID, 2, -77, event));
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = java.util.Arrays.copyOf(whole, length);
      try {
        TokenCodec.decode(ID.bytes(), cut);
      } catch (MalformedRecordException e) {
        assertTrue(String.valueOf(e.getMessage()).startsWith("token event: "));
      }
    }
  }

  @Test
  void chunksOfManyRequestsInOneRecord() {
    List<TokenRecord> chunks =
        List.of(
            new TokenRecord(
                ID, 2, -77, new TokenEvent.Chunk(4, TokenIds.of(1, 2), "abc", Optional.empty())),
            new TokenRecord(
                OTHER, 1, 5, new TokenEvent.Chunk(0, TokenIds.NONE, "", Optional.empty())));
    byte[] batch = TokenCodec.encodeBatch(chunks);

    assertEquals(chunks, TokenCodec.decodeAll(null, batch));
    assertEquals(chunks.subList(1, 2), TokenCodec.decodeAll(null, batch, OTHER::equals));
    assertThrows(MalformedRecordException.class, () -> TokenCodec.decode(null, batch));
  }

  @Test
  void oneEventIsReadAsOneOfAll() {
    TokenRecord record =
        new TokenRecord(ID, 1, 9, new TokenEvent.Chunk(0, TokenIds.NONE, "a", Optional.empty()));
    byte[] value = TokenCodec.encode(record);

    assertEquals(List.of(record), TokenCodec.decodeAll(ID.bytes(), value));
    assertEquals(List.of(), TokenCodec.decodeAll(ID.bytes(), value, OTHER::equals));
    assertEquals(
        List.of(), TokenCodec.decodeAll(ID.bytes(), new byte[0], OTHER::equals), "not looked at");
  }

  @Test
  void aBatchWithoutAChunkOrAnIdIsMalformed() {
    var whole = RequestChunk.newBuilder().setRequestId(ByteString.copyFrom(ID.bytes()));
    for (ChunkBatch batch :
        List.of(
            ChunkBatch.getDefaultInstance(),
            ChunkBatch.newBuilder().addChunks(whole).build(),
            ChunkBatch.newBuilder()
                .addChunks(RequestChunk.newBuilder().setChunk(Chunk.getDefaultInstance()))
                .build())) {
      assertThrows(
          MalformedRecordException.class, () -> TokenCodec.decodeAll(null, batch.toByteArray()));
    }
  }

  @Test
  void garbageIsMalformedEverywhere() {
    Random random = new Random(7);
    for (int i = 0; i < 2_000; i++) {
      byte[] garbage = new byte[random.nextInt(64)];
      random.nextBytes(garbage);
      onlyMalformed(() -> RequestCodec.decode(garbage));
      onlyMalformed(() -> TokenCodec.decode(ID.bytes(), garbage));
      onlyMalformed(() -> TokenCodec.decodeAll(null, garbage));
      onlyMalformed(() -> WorkerCodec.decodeHeartbeat(garbage));
      onlyMalformed(() -> WorkerCodec.decodeCommand(garbage));
      onlyMalformed(() -> WorkerCodec.decodeRoute(garbage));
      onlyMalformed(() -> UsageCodec.decodeEntry(garbage));
      onlyMalformed(() -> UsageCodec.decodeResult(garbage));
    }
  }

  private static void onlyMalformed(Runnable read) {
    try {
      read.run();
    } catch (MalformedRecordException expected) {
      assertTrue(expected.getMessage() != null);
    }
  }

  @Test
  void emptyAndMissingRecordsAreMalformed() {
    assertThrows(MalformedRecordException.class, () -> RequestCodec.decode(null));
    assertThrows(MalformedRecordException.class, () -> RequestCodec.decode(new byte[0]));
    assertThrows(
        MalformedRecordException.class, () -> TokenCodec.decode(new byte[3], new byte[] {1}));
  }

  @Test
  void heartbeats() {
    WorkerHeartbeat heartbeat =
        new WorkerHeartbeat(
            new WorkerId("w1"),
            List.of(
                new CapabilityOffer(new Capability("words"), "simulated", "words", 8, true, 0),
                new CapabilityOffer(
                        new Capability("story"),
                        "torch",
                        "tiny",
                        8,
                        true,
                        1024,
                        "fp16_packed",
                        "auto: bf16_packed is refused",
                        384)
                    .ofPairs()),
            WorkerState.DRAINING,
            3,
            Instant.ofEpochMilli(7),
            Duration.ofSeconds(5));

    assertEquals(heartbeat, WorkerCodec.decodeHeartbeat(WorkerCodec.encode(heartbeat)));
  }

  @Test
  void commandsAndRoutes() {
    for (ControlCommand command :
        List.of(
            new ControlCommand.Cancel(ID, CancelReason.QUOTA),
            new ControlCommand.Drain(new WorkerId("w")),
            new ControlCommand.Load(new WorkerId("w"), new Capability("c")),
            new ControlCommand.Unload(new WorkerId("w"), new Capability("c")))) {
      assertEquals(command, WorkerCodec.decodeCommand(WorkerCodec.encode(command)));
    }
    CapabilityRoute route =
        new CapabilityRoute(
            new Capability("chat"),
            Optional.of(new Capability("story")),
            List.of(new Capability("b")));
    assertEquals(route, WorkerCodec.decodeRoute(WorkerCodec.encode(route)));
  }

  @Test
  void ledgerLinesAndTotals() {
    LedgerEntry line =
        new LedgerEntry(
            ID,
            CONTEXT,
            new ServedBy("story", "tiny", "w1", 2, true),
            Outcome.FAILED,
            "ENGINE_FAILED",
            USAGE,
            5,
            new LedgerEntry.Volume(77, 123),
            Duration.ofMillis(4),
            new LedgerEntry.Times(
                Optional.of(Instant.ofEpochMilli(1)), Optional.empty(), Instant.ofEpochMilli(3)),
            new Cost(17, "2026-11"),
            Optional.of(new TopicOffset("anyserve.tokens", 2, 99)));
    assertEquals(line, UsageCodec.decodeEntry(UsageCodec.encode(line)));

    SessionUsage totals = SessionUsage.of(line).plus(line);
    assertEquals(2, totals.requests());
    assertEquals(20, totals.usage().prompt());
    assertEquals(totals, UsageCodec.decodeSession(UsageCodec.encode(totals)));
  }

  @ParameterizedTest
  @EnumSource(ResultFormat.class)
  void resultsHaveReasoningAndToolCalls(ResultFormat format) {
    RequestContext context =
        new RequestContext(
            CONTEXT.tenant(),
            CONTEXT.session(),
            "",
            CONTEXT.capability(),
            Map.of(),
            CONTEXT.acceptedAt(),
            format == ResultFormat.NONE ? ResultFormat.PROTOBUF : format,
            false);
    var answer =
        ChatMessage.assistant("I look.", "hm", List.of(new ToolCall("call_1", "weather", "{}")));
    RequestResult result =
        new RequestResult(
            ID,
            context,
            new TokenEvent.Finished(
                FinishReason.TOOL_CALLS,
                USAGE,
                Optional.of(new Payload.Chat(List.of(answer))),
                Duration.ZERO),
            new ServedBy("story", "tiny", "", 1, false));

    assertEquals(result, UsageCodec.decodeResult(UsageCodec.encode(result)));
  }

  @Test
  void results() {
    RequestResult result =
        new RequestResult(
            ID,
            CONTEXT,
            new TokenEvent.Finished(
                FinishReason.STOP, USAGE, Optional.of(new Payload.Text("answer")), Duration.ZERO),
            new ServedBy("story", "tiny", "", 1, false));

    assertEquals(result, UsageCodec.decodeResult(UsageCodec.encode(result)));
  }

  @Test
  void parametersNameWhatIsWrong() {
    var negative = io.anyserve.v1.Parameters.newBuilder().setMaxTokens(-1).build();
    var penalty = io.anyserve.v1.Parameters.newBuilder().setFrequencyPenalty(2.5).build();

    assertEquals(
        "max_tokens: -1 (expected: 1 to 131072)",
        assertThrows(IllegalArgumentException.class, () -> ParametersCodec.read(negative, 0))
            .getMessage());
    assertEquals(
        "frequency_penalty: 2.5 (expected: -2.0 to 2.0)",
        assertThrows(IllegalArgumentException.class, () -> ParametersCodec.read(penalty, 0))
            .getMessage());
  }

  @Test
  void whatIsAskedOfLikelihoodsTravels() {
    GenerationParameters asked =
        GenerationParameters.greedy(5)
            .with(LogitBias.of(Map.of(0, -100.0, 7, 1.5)))
            .withLogprobs(20);
    InferenceRequest request =
        new InferenceRequest(
            ID,
            CONTEXT,
            new Payload.Text("Once"),
            asked,
            RoutingMetadata.interactive(new ReplyTo(3, 99), Instant.ofEpochMilli(9)));

    assertEquals(asked, RequestCodec.decode(RequestCodec.encode(request)).parameters());
    assertEquals(0, GenerationParameters.greedy(5).withLogprobs(0).logprobs().orElseThrow());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "7|100.5|logit_bias: 100.5 for token 7 (expected: -100.0 to 100.0)",
        "7|NaN|logit_bias: NaN for token 7 (expected: -100.0 to 100.0)",
        "-1|1|logit_bias: token -1 (expected: ids of at least 0)"
      })
  void aBiasThatCannotBeIsRefused(int token, double amount, String message) {
    var parameters = io.anyserve.v1.Parameters.newBuilder().putLogitBias(token, amount).build();
    assertEquals(
        message,
        assertThrows(IllegalArgumentException.class, () -> ParametersCodec.read(parameters, 0))
            .getMessage());
  }

  @ParameterizedTest
  @EnumSource(RequestKind.class)
  void whatIsToBeDoneTravels(RequestKind kind) {
    InferenceRequest request =
        new InferenceRequest(
                ID,
                CONTEXT,
                TokenIdsCodec.write(TokenIds.of(5, 0, 70_000)),
                GenerationParameters.greedy(1),
                RoutingMetadata.interactive(new ReplyTo(3, 99), Instant.ofEpochMilli(9)))
            .with(kind);

    InferenceRequest read = RequestCodec.decode(RequestCodec.encode(request));
    assertEquals(request, read);
    assertEquals(TokenIds.of(5, 0, 70_000), TokenIdsCodec.read(read.input()));
  }

  @Test
  void tokenIdsThatFollowEachOtherAreOneList() {
    ByteString joined =
        TokenIdsCodec.write(TokenIds.of(1, 2))
            .bytes()
            .concat(TokenIdsCodec.write(TokenIds.of(3)).bytes());
    var both = new Payload.Bytes(joined, TokenIdsCodec.CONTENT_TYPE);
    assertEquals(TokenIds.of(1, 2, 3), TokenIdsCodec.read(both));
    var image = new Payload.Bytes(joined, "image/png");
    assertThrows(IllegalArgumentException.class, () -> TokenIdsCodec.read(image));
    var broken = new Payload.Bytes(ByteString.copyFromUtf8("x"), TokenIdsCodec.CONTENT_TYPE);
    assertThrows(MalformedRecordException.class, () -> TokenIdsCodec.read(broken));
  }

  @Test
  void tooMuchLikelihoodIsRefused() {
    var bias = io.anyserve.v1.Parameters.newBuilder();
    IntStream.rangeClosed(0, LogitBias.MAX_TOKENS).forEach(token -> bias.putLogitBias(token, 1));
    assertEquals(
        "logit_bias: 301 tokens (expected: at most 300)",
        assertThrows(IllegalArgumentException.class, () -> ParametersCodec.read(bias.build(), 0))
            .getMessage());
    var logprobs = io.anyserve.v1.Parameters.newBuilder().setLogprobs(21).build();
    assertEquals(
        "logprobs: 21 (expected: 0 to 20)",
        assertThrows(IllegalArgumentException.class, () -> ParametersCodec.read(logprobs, 0))
            .getMessage());
  }

  @ParameterizedTest
  @ValueSource(floats = {0.1f, -10_000, Float.NaN, Float.NEGATIVE_INFINITY})
  void aLogprobThatCannotBeIsMalformed(float logprob) {
    var chunk =
        io.anyserve.v1.Chunk.newBuilder()
            .addLogprobs(
                io.anyserve.v1.PositionLogprobs.newBuilder()
                    .setChosen(io.anyserve.v1.TokenLogprob.newBuilder().setLogprob(logprob)));
    byte[] value =
        io.anyserve.v1.TokenEvent.newBuilder().setAttempt(1).setChunk(chunk).build().toByteArray();
    assertThrows(MalformedRecordException.class, () -> TokenCodec.decode(ID.bytes(), value));
  }

  @Test
  void parametersThatAreLeftOut() {
    assertEquals(
        new GenerationParameters(
            GenerationParameters.DEFAULT_MAX_TOKENS,
            RequestedSampling.seeded(42),
            List.of(),
            false),
        ParametersCodec.read(io.anyserve.v1.Parameters.getDefaultInstance(), 42));
  }
}
