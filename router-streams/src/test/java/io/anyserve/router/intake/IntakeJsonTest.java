package io.anyserve.router.intake;

import static io.anyserve.router.Samples.NOW;
import static io.anyserve.router.Samples.RULES;
import static io.anyserve.router.intake.IntakeRun.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.ChatMessage;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.ObjectRef;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.Priority;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.ResultFormat;
import io.anyserve.contracts.RoutingMetadata;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.codec.RequestCodec;
import io.anyserve.contracts.sampling.GenerationParameters;
import io.anyserve.contracts.sampling.OutputFormat;
import io.anyserve.contracts.sampling.RequestedSampling;
import io.anyserve.contracts.tool.ToolCall;
import io.anyserve.contracts.tool.ToolChoice;
import io.anyserve.contracts.tool.ToolDefinition;
import io.anyserve.contracts.tool.ToolOptions;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.streams.processor.api.Record;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** JSON requests: every field, and what is filled in where one is left out. */
final class IntakeJsonTest {

  private static final IntakeRecord.Position PLACE =
      new IntakeRecord.Position("anyserve.intake", 0, 17, NOW);
  private static final String SHA =
      "E3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

  private final IntakeJson json = new IntakeJson(RULES);

  @Test
  void theShortestRequestGetsDefaults() {
    InferenceRequest request = read("{\"capability\":\"story\",\"prompt\":\"Once\"}");
    RequestId id = PLACE.requestId();
    assertEquals(
        new InferenceRequest(
            id,
            new RequestContext(
                new TenantId("default"),
                new SessionId(id.toString()),
                "",
                new Capability("story"),
                Map.of(),
                NOW,
                ResultFormat.JSON,
                false),
            new Payload.Text("Once"),
            new GenerationParameters(256, RequestedSampling.seeded(id.low()), List.of(), false),
            new RoutingMetadata(
                RULES.replyOf(id),
                Optional.of(NOW.plus(RULES.deadline())),
                Priority.BATCH,
                List.of(),
                0)),
        request);
  }

  @Test
  void everyFieldHasItsPlace() {
    InferenceRequest request =
        read(
            """
            {"id": "0198a0f0-0000-7000-8000-000000000001", "tenant": "acme", "session": "s1",
             "capability": "story", "prompt": "Once", "max_tokens": 40, "temperature": 0,
             "top_p": 0.5, "top_k": 7, "seed": -9223372036854775808, "stop": ["\\n", "END"],
             "labels": {"team": "blue", "größe": "5"}, "deadline_seconds": 30,
             "lane": "interactive"}
            """);
    assertEquals(RequestId.parse("0198a0f0-0000-7000-8000-000000000001"), request.id());
    assertEquals(new TenantId("acme"), request.context().tenant());
    assertEquals(new SessionId("s1"), request.context().session());
    assertEquals(Map.of("team", "blue", "größe", "5"), request.context().labels());
    assertEquals(
        new GenerationParameters(
            40,
            new RequestedSampling(
                OptionalDouble.of(0),
                OptionalDouble.of(0.5),
                OptionalInt.of(7),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                Long.MIN_VALUE),
            List.of("\n", "END"),
            false),
        request.parameters());
    assertEquals(Optional.of(NOW.plusSeconds(30)), request.routing().deadline());
    assertEquals(Priority.INTERACTIVE, request.routing().priority());
  }

  @Test
  void theFieldsOfHttpHaveTheirPlace() {
    GenerationParameters read =
        read("""
            {"capability": "story", "prompt": "Once", "min_p": 0.1, "typical_p": 0.9,
             "presence_penalty": 1, "frequency_penalty": -1, "repetition_penalty": 1.5,
             "stop_token_ids": [7, 3], "min_tokens": 2, "ignore_eos": true,
             "logit_bias": {"5": -100}, "logprobs": false, "seed": 1,
             "response_format": {"type": "json_schema", "json_schema":
              {"name": "a", "strict": true, "schema": {"type": "null"}}}}
            """)
            .parameters();
    RequestedSampling sampling = read.sampling();
    assertEquals(OptionalDouble.of(0.1), sampling.truncation().minP());
    assertEquals(OptionalDouble.of(0.9), sampling.truncation().typicalP());
    assertEquals(OptionalDouble.of(1), sampling.penalties().presence());
    assertEquals(OptionalDouble.of(-1), sampling.penalties().frequency());
    assertEquals(OptionalDouble.of(1.5), sampling.penalties().repetition());
    assertEquals(Set.of(3, 7), read.stop().tokens());
    assertEquals(2, read.stop().minTokens());
    assertTrue(read.stop().ignoreEos());
    assertEquals(-100, read.logitBias().of(5));
    assertEquals(new OutputFormat.JsonSchema("{\"type\":\"null\"}"), read.format());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"response_format\":{\"type\":\"text\"}|Text[]",
        "\"response_format\":{\"type\":\"json_object\"}|JsonObject[]",
        "\"structured_outputs\":{\"json_object\":true}|JsonObject[]",
        "\"structured_outputs\":{\"json\":{}}|JsonSchema[schema={}]",
        "\"structured_outputs\":{\"regex\":\"a+\"}|Regex[pattern=a+]",
        "\"structured_outputs\":{\"choice\":[\"a.\"]}|Regex[pattern=a\\.]"
      })
  void formatsAreThoseOfHttp(String field, String format) {
    String text = "{\"capability\":\"c\",\"prompt\":\"p\"," + field + "}";
    assertEquals(format, read(text).parameters().format().toString());
  }

  @Test
  void aConversationWithTools() {
    var tool = new ToolDefinition("look", "d", "{\"type\":\"object\"}", true);
    var call = new ToolCall("c1", "look", "{}");
    assertEquals(
        new Payload.Chat(
            List.of(
                new ChatMessage("user", "Look"),
                ChatMessage.assistant("", "Hm.", List.of(call)),
                ChatMessage.toolResult("c1", "a pond")),
            new ToolOptions(List.of(tool), new ToolChoice.Function("look"), false),
            Optional.of(true)),
        read("""
                {"capability": "chat", "messages": [{"role": "user", "content": "Look"},
                  {"role": "assistant", "content": null, "reasoning": "Hm.", "tool_calls": [{"id": "c1",
                   "type": "function", "function": {"name": "look", "arguments": "{}"}}]},
                  {"role": "tool", "tool_call_id": "c1", "content": "a pond"}],
                 "tools": [{"type": "function", "function": {"name": "look", "description": "d",
                  "parameters": {"type": "object"}, "strict": true}}],
                 "tool_choice": {"type": "function", "function": {"name": "look"}},
                 "parallel_tool_calls": false, "chat_template_kwargs": {"enable_thinking": true}}
                """)
            .input());
  }

  @Test
  void aConversation() {
    assertEquals(
        new Payload.Chat(List.of(new ChatMessage("user", "hi"), new ChatMessage("assistant", ""))),
        read("""
                {"capability":"chat","messages":[{"role":"user","content":"hi"},
                 {"content":"","role":"assistant"}]}
                """)
            .input());
  }

  @Test
  void anObject() {
    String object =
        "{\"capability\":\"embed\",\"object\":{\"bucket\":\"b\",\"key\":\"k\",\"size\":5,\"sha256\":\""
            + SHA
            + "\"";
    Instant deadline = NOW.plus(RULES.deadline());
    String sha = SHA.toLowerCase(Locale.ROOT);
    assertEquals(
        new Payload.ObjectReference(
            new ObjectRef("b", "k", "", 5, sha, "application/octet-stream", deadline)),
        read(object + "}}").input());
    assertEquals(
        new Payload.ObjectReference(
            new ObjectRef("b", "k", "v1", 5, sha, "text/plain", NOW.plusSeconds(1))),
        read(object
                + ",\"version\":\"v1\",\"content_type\":\"text/plain\","
                + "\"expires\":\"2030-01-31T12:00:01Z\"}}")
            .input());
  }

  @Test
  void oneStopStringNeedsNoArrayAndNullIsAbsent() {
    InferenceRequest request =
        read("{\"capability\":\"c\",\"prompt\":\"p\",\"stop\":\"END\",\"session\":null}");
    assertEquals(List.of("END"), request.parameters().stop().strings());
    assertEquals(request.id().toString(), request.context().session().value());
  }

  @Test
  void theSeedDependsOnTheRequestAlone() {
    String text = "{\"capability\":\"c\",\"prompt\":\"p\"}";
    assertEquals(seed(text, PLACE), seed(text, PLACE));
    assertNotEquals(
        seed(text, PLACE), seed(text, new IntakeRecord.Position("anyserve.intake", 0, 18, NOW)));
  }

  @Test
  void anotherTimeAtTheSamePlaceIsAnotherRequest() {
    IntakeRecord.Position later =
        new IntakeRecord.Position("anyserve.intake", 0, 17, NOW.plusMillis(1));
    assertNotEquals(PLACE.requestId(), later.requestId());
  }

  @Test
  void whatIsAcceptedCanBeWritten() {
    String template =
        "{\"capability\":\"c\",\"prompt\":\"Once \\u00e9 \\ud83d\\ude00\",\"stop\":[\"a\"],\"seed\":1}";
    Random random = new Random(11);
    int accepted = 0;
    for (int i = 0; i < 5_000; i++) {
      byte[] text = bytes(template);
      text[random.nextInt(text.length)] = (byte) random.nextInt(256);
      ParsedIntake read = submission(text);
      if (read instanceof ParsedIntake.Valid(InferenceRequest request, boolean _)) {
        accepted++;
        assertEquals(request, RequestCodec.decode(RequestCodec.encode(request)));
      }
    }
    assertTrue(accepted > 50, accepted + " accepted");
  }

  private static ParsedIntake submission(byte[] text) {
    return new IntakeParser(RULES)
        .read(new IntakeRecord(PLACE, new Record<>(null, text, NOW.toEpochMilli())));
  }

  private long seed(String text, IntakeRecord.Position place) {
    return json.request(json.parse(bytes(text)), place).parameters().sampling().seed();
  }

  private InferenceRequest read(String text) {
    return json.request(json.parse(bytes(text)), PLACE);
  }
}
