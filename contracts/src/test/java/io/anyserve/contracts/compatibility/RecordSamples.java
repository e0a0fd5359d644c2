package io.anyserve.contracts.compatibility;

import static java.nio.charset.StandardCharsets.UTF_8;

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
import io.anyserve.contracts.codec.ConversationCodec;
import io.anyserve.contracts.codec.KeyCodec;
import io.anyserve.contracts.codec.PriceCodec;
import io.anyserve.contracts.codec.RequestCodec;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.codec.UsageAggregateCodec;
import io.anyserve.contracts.codec.UsageCodec;
import io.anyserve.contracts.codec.WorkerCodec;
import io.anyserve.contracts.conversation.AnswerCost;
import io.anyserve.contracts.conversation.AnswerState;
import io.anyserve.contracts.conversation.Conversation;
import io.anyserve.contracts.conversation.ConversationId;
import io.anyserve.contracts.conversation.ConversationMessage;
import io.anyserve.contracts.conversation.MessageId;
import io.anyserve.contracts.conversation.MessageOrigin;
import io.anyserve.contracts.event.CapabilityOffer;
import io.anyserve.contracts.event.CapabilityRoute;
import io.anyserve.contracts.event.ControlCommand;
import io.anyserve.contracts.event.Cost;
import io.anyserve.contracts.event.LatencyHistogram;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.contracts.event.PriceBook;
import io.anyserve.contracts.event.RequestResult;
import io.anyserve.contracts.event.ServedBy;
import io.anyserve.contracts.event.SessionUsage;
import io.anyserve.contracts.event.TenantUsage;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.contracts.event.UsageDimension;
import io.anyserve.contracts.event.UsageTotals;
import io.anyserve.contracts.event.UsageWindow;
import io.anyserve.contracts.event.WindowGranularity;
import io.anyserve.contracts.event.WorkerHeartbeat;
import io.anyserve.contracts.event.WorkerState;
import io.anyserve.contracts.image.ContentPart;
import io.anyserve.contracts.key.KeyGrant;
import io.anyserve.contracts.key.KeyHash;
import io.anyserve.contracts.key.KeyHashes;
import io.anyserve.contracts.key.KeyScope;
import io.anyserve.contracts.key.KeyValidity;
import io.anyserve.contracts.key.StoredKey;
import io.anyserve.contracts.sampling.GenerationParameters;
import io.anyserve.contracts.sampling.LogitBias;
import io.anyserve.contracts.sampling.OutputFormat;
import io.anyserve.contracts.sampling.Penalties;
import io.anyserve.contracts.sampling.PositionLogprobs;
import io.anyserve.contracts.sampling.RequestedSampling;
import io.anyserve.contracts.sampling.SamplingParams;
import io.anyserve.contracts.sampling.StopCriteria;
import io.anyserve.contracts.sampling.TokenLogprob;
import io.anyserve.contracts.sampling.Truncation;
import io.anyserve.contracts.tool.ToolCall;
import io.anyserve.contracts.tool.ToolChoice;
import io.anyserve.contracts.tool.ToolDefinition;
import io.anyserve.contracts.tool.ToolOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** One sample or more of every record that this module's codecs write, with all fields set. */
final class RecordSamples {

  private static final RequestId ID = new RequestId(0x018b_cfe5_6800_7abcL, 0x9abc_def0_1234_5678L);
  private static final Instant AT = Instant.ofEpochMilli(1_700_000_000_123L);
  private static final TenantId TENANT = new TenantId("acme");
  private static final SessionId SESSION = new SessionId("s-1");
  private static final TokenUsage USAGE = new TokenUsage(10, 5, 2);
  private static final RequestContext CONTEXT =
      new RequestContext(
          TENANT,
          SESSION,
          "key-1",
          new Capability("story"),
          Map.of("team", "a"),
          AT,
          ResultFormat.PROTOBUF,
          true);
  private static final ObjectRef OBJECT =
      new ObjectRef("bucket", "tenants/acme/x", "v1", 70_000, "ab".repeat(32), "text/plain", AT);
  private static final Failure FAILURE = new Failure(FailureCode.ENGINE_FAILED, "out of memory");
  private static final UsageTotals TOTALS =
      new UsageTotals(
          5,
          2,
          1,
          new TokenUsage(100, 50, 10),
          40,
          new LedgerEntry.Volume(1_000, 2_000),
          Duration.ofMillis(77),
          123,
          1,
          LatencyHistogram.of(Duration.ofMillis(12)),
          LatencyHistogram.of(Duration.ofSeconds(4)));

  private RecordSamples() {}

  static List<RecordSample<?>> all() {
    return Stream.of(
            requests(), tokens(), batches(), workers(), results(), usage(), conversations(), rest())
        .<RecordSample<?>>flatMap(samples -> samples)
        .toList();
  }

  private static Stream<RecordSample<?>> requests() {
    return Stream.of(
        request("text", new Payload.Text("Once upon a time \u2603 \ud83d\ude00")),
        request("chat", new Payload.Chat(List.of(new ChatMessage("user", "Hi")))),
        request("images", images()),
        request("tools", conversation(new ToolChoice.Function("weather"))),
        request("tools_auto", conversation(ToolChoice.AUTO)),
        request("tools_none", conversation(ToolChoice.NONE)),
        request("tools_required", conversation(ToolChoice.REQUIRED)),
        request("data", new Payload.Bytes(ByteString.copyFromUtf8("\0bytes"), "image/png")),
        request("object", new Payload.ObjectReference(OBJECT)),
        controlled("json object", new OutputFormat.JsonObject()),
        controlled("json schema", new OutputFormat.JsonSchema("{\"type\": \"string\"}")),
        controlled("regex", new OutputFormat.Regex("[a-z]+")));
  }

  /** With everything that controls the draw and the output. */
  private static RecordSample<InferenceRequest> controlled(String name, OutputFormat format) {
    var truncation = new Truncation(0.9, 50, 0.05, 0.8);
    var sampling = new SamplingParams(0.7, truncation, -3, new Penalties(-0.5, 1.25, 1.1));
    var ends = new StopCriteria(List.of("END"), new TreeSet<>(Set.of(2, 7)), true, 3);
    return request(
        name,
        new Payload.Text("Once"),
        new GenerationParameters(40, RequestedSampling.of(sampling), ends).with(format));
  }

  private static Payload.Chat images() {
    return new Payload.Chat(
        List.of(
            ChatMessage.ofParts(
                List.of(
                    new ContentPart.Text("Compare"),
                    new ContentPart.Image(png()),
                    new ContentPart.StoredImage(OBJECT)),
                "ann")));
  }

  /** As much of an image as has its size. */
  private static ByteString png() {
    return ByteString.fromHex("89504e470d0a1a0a0000000d49484452000000020000000308020000");
  }

  private static Payload.Chat conversation(ToolChoice choice) {
    return new Payload.Chat(
        List.of(
            new ChatMessage("user", "Weather?", "", List.of(), "", "ann"),
            ChatMessage.assistant(
                "I look.", "hm", List.of(new ToolCall("call_1", "weather", "{\"in\": \"Rome\"}"))),
            ChatMessage.toolResult("call_1", "sunny")),
        new ToolOptions(
            List.of(new ToolDefinition("weather", "of a city", "{\"type\": \"object\"}", true)),
            choice,
            false),
        Optional.of(true));
  }

  private static RecordSample<InferenceRequest> request(String name, Payload input) {
    return request(
        name,
        input,
        new GenerationParameters(
                40,
                new RequestedSampling(
                    OptionalDouble.of(0.7),
                    OptionalDouble.of(0.9),
                    OptionalInt.of(50),
                    OptionalDouble.of(-0.5),
                    OptionalDouble.of(1.25),
                    -3),
                List.of("END"),
                true)
            .with(LogitBias.of(Map.of(7, 1.5)))
            .withLogprobs(20));
  }

  private static RecordSample<InferenceRequest> request(
      String name, Payload input, GenerationParameters parameters) {
    return new RecordSample<>(
        "InferenceRequest",
        name,
        new InferenceRequest(
            ID,
            json(name),
            input,
            parameters,
            new RoutingMetadata(
                new ReplyTo(3, 99),
                Optional.of(AT),
                Priority.BATCH,
                List.of(new Capability("first")),
                2),
            Optional.of(new Idempotency(-7, "cd".repeat(32))),
            OptionalLong.of(1_000),
            RequestKind.TOKENIZE),
        RequestCodec::encode,
        RequestCodec::decode);
  }

  /** One of them asks for its result in JSON. */
  private static RequestContext json(String name) {
    return name.equals("text")
        ? new RequestContext(
            TENANT,
            SESSION,
            "key-1",
            new Capability("story"),
            Map.of("team", "a"),
            AT,
            ResultFormat.JSON,
            true)
        : CONTEXT;
  }

  private static Stream<RecordSample<?>> tokens() {
    return Stream.of(
        event(
            "started",
            new TokenEvent.Started(
                CONTEXT,
                new WorkerId("w1"),
                new Capability("story"),
                "tiny",
                10,
                44,
                true,
                Optional.of(new TopicOffset("anyserve.requests.story", 3, 77)),
                true)),
        event("chunk", chunk()),
        event(
            "object",
            new TokenEvent.Chunk(
                1, TokenIds.NONE, "", Optional.of(new Payload.ObjectReference(OBJECT)))),
        event("tool_calls", called()),
        event("finished", finished()),
        event("failed", new TokenEvent.Failed(FAILURE, USAGE, Optional.of(CONTEXT))),
        event(
            "cancelled", new TokenEvent.Cancelled(CancelReason.QUOTA, USAGE, Optional.of(CONTEXT))),
        event(
            "duplicate",
            new TokenEvent.DuplicateSubmission(new ReplyTo(3, 99), "ab".repeat(32), CONTEXT)),
        event("released", new TokenEvent.Released("the worker stops", true)));
  }

  private static TokenEvent.Chunk chunk() {
    return new TokenEvent.Chunk(
        4,
        TokenIds.of(1, 2),
        "abc",
        Optional.empty(),
        List.of(
            new PositionLogprobs(
                new TokenLogprob(1, ByteString.copyFromUtf8("a"), -0.5f),
                List.of(new TokenLogprob(8, ByteString.copyFromUtf8("b"), -2.5f)),
                12)));
  }

  private static TokenEvent.Chunk called() {
    return new TokenEvent.Chunk(
        5,
        TokenIds.of(3),
        new AnswerDelta(
            "abc", "hm", List.of(new ToolCallDelta(1, "call_2", "weather", "{\"in\": \"Ro"))),
        Optional.empty(),
        List.of());
  }

  private static TokenEvent.Finished finished() {
    return new TokenEvent.Finished(
        FinishReason.LENGTH,
        USAGE,
        Optional.of(new Payload.Text("all of it")),
        Duration.ofMillis(12));
  }

  private static RecordSample<TokenRecord> event(String name, TokenEvent event) {
    return new RecordSample<>(
        "TokenEvent",
        name,
        new TokenRecord(ID, 2, -77, event),
        TokenCodec::encode,
        bytes -> TokenCodec.decode(ID.bytes(), bytes));
  }

  private static Stream<RecordSample<?>> batches() {
    List<TokenRecord> chunks =
        List.of(
            new TokenRecord(ID, 2, -77, chunk()),
            new TokenRecord(
                new RequestId(1, 2),
                1,
                5,
                new TokenEvent.Chunk(
                    0,
                    TokenIds.NONE,
                    "",
                    Optional.of(new Payload.Bytes(ByteString.copyFromUtf8("x"), "image/png")))));
    return Stream.of(
        new RecordSample<>(
            "ChunkBatch",
            "chunks",
            chunks,
            TokenCodec::encodeBatch,
            bytes -> TokenCodec.decodeAll(null, bytes)));
  }

  private static Stream<RecordSample<?>> workers() {
    WorkerHeartbeat heartbeat =
        new WorkerHeartbeat(
            new WorkerId("w1"),
            List.of(
                new CapabilityOffer(
                    new Capability("story"),
                    "torch",
                    "tiny",
                    8,
                    true,
                    1024,
                    "fp16_packed",
                    "auto: bf16_packed is refused",
                    384,
                    true,
                    true,
                    true,
                    true)),
            WorkerState.DRAINING,
            3,
            AT,
            Duration.ofSeconds(5));
    CapabilityRoute route =
        new CapabilityRoute(
            new Capability("chat"),
            Optional.of(new Capability("story")),
            List.of(new Capability("other")));
    WorkerId worker = new WorkerId("w1");
    Capability story = new Capability("story");
    return Stream.of(
        new RecordSample<>(
            "WorkerHeartbeat",
            "draining",
            heartbeat,
            WorkerCodec::encode,
            WorkerCodec::decodeHeartbeat),
        new RecordSample<>(
            "CapabilityRoute", "route", route, WorkerCodec::encode, WorkerCodec::decodeRoute),
        command("cancel", new ControlCommand.Cancel(ID, CancelReason.DEADLINE)),
        command("drain", new ControlCommand.Drain(worker)),
        command("load", new ControlCommand.Load(worker, story)),
        command("unload", new ControlCommand.Unload(worker, story)),
        command("adopt", new ControlCommand.TakeOverStream(ID, "ingress-1")));
  }

  private static RecordSample<ControlCommand> command(String name, ControlCommand command) {
    return new RecordSample<>(
        "ControlCommand", name, command, WorkerCodec::encode, WorkerCodec::decodeCommand);
  }

  private static Stream<RecordSample<?>> results() {
    return Stream.of(
        result("finished", finished()),
        result("failed", new TokenEvent.Failed(FAILURE, USAGE, Optional.of(CONTEXT))),
        result(
            "cancelled",
            new TokenEvent.Cancelled(CancelReason.EXPLICIT, USAGE, Optional.of(CONTEXT))));
  }

  private static RecordSample<RequestResult> result(String name, TokenEvent.Terminal outcome) {
    return new RecordSample<>(
        "RequestResult",
        name,
        new RequestResult(ID, CONTEXT, outcome, new ServedBy("story", "tiny", "", 2, true)),
        UsageCodec::encode,
        UsageCodec::decodeResult);
  }

  private static Stream<RecordSample<?>> usage() {
    LedgerEntry entry =
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
            new LedgerEntry.Times(Optional.of(AT), Optional.of(AT), AT),
            new Cost(17, "2026-11"),
            Optional.of(new TopicOffset("anyserve.tokens", 2, 99)));
    SessionUsage session = new SessionUsage(TENANT, SESSION, 4, 2, 1, USAGE, 9, AT, AT);
    return Stream.of(
        new RecordSample<>(
            "LedgerEntry", "failed", entry, UsageCodec::encode, UsageCodec::decodeEntry),
        new RecordSample<>(
            "SessionUsage", "session", session, UsageCodec::encode, UsageCodec::decodeSession),
        new RecordSample<>(
            "TenantUsage",
            "tenant",
            new TenantUsage(TENANT, TOTALS),
            UsageAggregateCodec::encode,
            UsageAggregateCodec::decodeTenant),
        window("model", new UsageDimension.ByModel("story", "tiny")),
        window("session", new UsageDimension.BySession(SESSION)),
        window("api_key", new UsageDimension.ByKey("key-1")));
  }

  private static RecordSample<UsageWindow> window(String name, UsageDimension series) {
    Instant start = WindowGranularity.HOUR.startOf(AT);
    return new RecordSample<>(
        "UsageWindow",
        name,
        new UsageWindow(TENANT, WindowGranularity.HOUR, start, series, TOTALS),
        UsageAggregateCodec::encode,
        UsageAggregateCodec::decodeWindow);
  }

  private static Stream<RecordSample<?>> conversations() {
    Conversation conversation =
        new Conversation(
            new ConversationId(TENANT, SESSION), "A title", AT, AT, new MessageId("m1"), 2);
    return Stream.of(
        new RecordSample<>(
            "ConversationRecord",
            "conversation",
            conversation,
            ConversationCodec::encode,
            ConversationCodec::decodeConversation),
        message("running", new AnswerState.Running(AT), new Payload.Text("")),
        message("failed", new AnswerState.Failed(FAILURE), new Payload.Text("Größe?")),
        message("complete", new AnswerState.Complete(), new Payload.ObjectReference(OBJECT)));
  }

  private static RecordSample<ConversationMessage> message(
      String name, AnswerState state, Payload content) {
    return new RecordSample<>(
        "ConversationRecord",
        name,
        new ConversationMessage(
            new MessageId("m1"),
            Optional.of(new MessageId("m0")),
            "assistant",
            content,
            Optional.of(
                new MessageOrigin(
                    ID,
                    "tiny",
                    USAGE,
                    Optional.of(new AnswerCost(17, "EUR", "2026-11")),
                    Optional.of(new ReplyTo(3, 99)),
                    state)),
            AT),
        ConversationCodec::encode,
        ConversationCodec::decodeMessage);
  }

  private static Stream<RecordSample<?>> rest() {
    StoredKey key =
        new StoredKey(
            "k1",
            new KeyHashes(
                new KeyHash("01".repeat(16), "ab".repeat(32)),
                Optional.of(
                    new KeyHashes.Previous(
                        new KeyHash("02".repeat(16), "cd".repeat(32)), AT.plusSeconds(60)))),
            new KeyGrant(TENANT, "laptop", Set.of(KeyScope.INFER, KeyScope.ADMIN)),
            new KeyValidity(true, AT, Optional.of(AT.plusSeconds(3600))),
            OptionalInt.of(8));
    PriceBook prices =
        new PriceBook("2026-11", AT, "EUR", Map.of("tiny", new PriceBook.Price(1, 2, 3, 4)));
    return Stream.of(
        new RecordSample<>(
            "StoredKey",
            "key",
            key,
            KeyCodec::encode,
            bytes -> KeyCodec.decode("k1".getBytes(UTF_8), bytes).orElseThrow()),
        new RecordSample<>(
            "PriceBook",
            "prices",
            prices,
            UsageAggregateCodec::encode,
            bytes -> PriceCodec.decode("2026-11".getBytes(UTF_8), bytes).orElseThrow()));
  }
}
