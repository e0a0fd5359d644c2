package io.anyserve.router.intake;

import static io.anyserve.router.Samples.NOW;
import static io.anyserve.router.Samples.RULES;
import static io.anyserve.router.intake.IntakeRun.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
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
import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.contracts.codec.RequestCodec;
import io.anyserve.contracts.sampling.GenerationParameters;
import io.anyserve.contracts.sampling.RequestedSampling;
import io.anyserve.router.intake.IntakeRecord.Place;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Random;
import org.apache.kafka.streams.processor.api.Record;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class IntakeJsonTest {

  private static final Place PLACE = new Place("anyserve.intake", 0, 17, NOW);
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
    assertEquals(Optional.of(NOW.plusSeconds(30)), request.delivery().deadline());
    assertEquals(Priority.INTERACTIVE, request.delivery().lane());
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
    String sha = SHA.toLowerCase(java.util.Locale.ROOT);
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
    assertEquals(List.of("END"), request.parameters().stop());
    assertEquals(request.id().toString(), request.context().session().value());
  }

  @Test
  void theSeedDependsOnTheRequestAlone() {
    String text = "{\"capability\":\"c\",\"prompt\":\"p\"}";
    assertEquals(seed(text, PLACE), seed(text, PLACE));
    assertNotEquals(seed(text, PLACE), seed(text, new Place("anyserve.intake", 0, 18, NOW)));
  }

  @Test
  void anotherTimeAtTheSamePlaceIsAnotherRequest() {
    Place later = new Place("anyserve.intake", 0, 17, NOW.plusMillis(1));
    assertNotEquals(PLACE.requestId(), later.requestId());
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "prompt":""                    | prompt: empty (expected: text)
          "prompt":7                     | prompt: 7 (expected: a string)
          "prompt":["a"]                 | prompt: ["a"] (expected: a string)
          "prompt":{"a":1}               | prompt: {"a":1} (expected: a string)
          "prompt":null                  | prompt: not set (expected: prompt, messages or object)
          "prompt":"a\\u0000b"           | prompt: a?b (expected: valid Unicode without NUL)
          "prompt":"a\\ud800b"           | prompt: a?b (expected: valid Unicode without NUL)
          "prompt":"\\udc00\\ud800"      | prompt: ?? (expected: valid Unicode without NUL)
          "prompt":"p","messages":[]     | prompt: set together with messages or object (expected: one of them)
          "messages":[]                  | chat.messages: none (expected: at least one)
          "messages":{}                  | messages: {} (expected: an array of JSON objects)
          "messages":["hi"]              | messages[0]: "hi" (expected: a JSON object)
          "messages":[{"role":"user"}]   | messages[0].content: not set (expected: a string)
          "messages":[{"content":"x"}]   | messages[0].role: not set (expected: a string)
          "messages":[{"role":"user","content":"x"},{"role":"me","content":"x"}] | message.role: "me" (expected: system, user, assistant or tool)
          "messages":[{"role":"user","content":"x","name":"n"}] | messages[0].name: unknown field (expected: one of content, role)
          "object":"k"                   | object: "k" (expected: a JSON object)
          "object":{}                    | object.bucket: not set (expected: a string)
          "object":{"bucket":"b","key":"k"} | object.size: not set (expected: bytes)
          "object":{"bucket":"b","key":"k","size":1,"sha256":"zz"} | object.sha256: not a hexadecimal digit: "z" = 122 (expected: 64 hexadecimal digits)
          "object":{"bucket":"b","key":"k","size":1,"sha256":"00"} | object.sha256: "00" (expected: 64 hexadecimal digits)
          "object":{"bucket":"b","key":"k","size":1,"sha256":"00","expires":"soon"} | object.expires: Text 'soon' could not be parsed at index 0 (expected: such as 2030-01-31T12:00:00Z)
          "prompt":"p","max_tokens":0    | max_tokens: 0 (expected: 1 to 131072)
          "prompt":"p","max_tokens":-1   | max_tokens: -1 (expected: 1 to 131072)
          "prompt":"p","max_tokens":1.5  | max_tokens: 1.5 (expected: an integer)
          "prompt":"p","max_tokens":"1"  | max_tokens: "1" (expected: an integer)
          "prompt":"p","max_tokens":true | max_tokens: true (expected: an integer)
          "prompt":"p","max_tokens":99999999999999999999 | max_tokens: 99999999999999999999 (expected: an integer)
          "prompt":"p","temperature":"0" | temperature: "0" (expected: a number)
          "prompt":"p","temperature":1e999 | temperature: Infinity (expected: 0 to 2.0)
          "prompt":"p","temperature":-0.1 | temperature: -0.1 (expected: 0 to 2.0)
          "prompt":"p","top_p":0         | top_p: 0.0 (expected: above 0, at most 1)
          "prompt":"p","top_k":1001      | top_k: 1001 (expected: 0 to 1000)
          "prompt":"p","seed":9223372036854775808 | seed: 9223372036854775808 (expected: an integer of 64 bits)
          "prompt":"p","stop":[1]        | stop[0]: 1 (expected: a string)
          "prompt":"p","stop":["\\ud800"] | stop[0]: ? (expected: valid Unicode without NUL)
          "prompt":"p","stop":""         | stop: "" (expected: 1 to 256 characters)
          "prompt":"p","labels":[]       | labels: [] (expected: a JSON object)
          "prompt":"p","labels":{"a":1}  | labels.a: 1 (expected: a string)
          "prompt":"p","labels":{"a\\u0000":1} | labels.a?: 1 (expected: a string)
          "prompt":"p","deadline_seconds":0 | deadline_seconds: 0 (expected: 1 to 604800)
          "prompt":"p","deadline_seconds":604801 | deadline_seconds: 604801 (expected: 1 to 604800)
          "prompt":"p","lane":"fast"     | lane: "fast" (expected: interactive or batch)
          "prompt":"p","id":"7"          | request: "7" (expected: a UUID)
          "prompt":"p","tenant":"A B"    | tenant: "A B" (expected: a match of [a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?)
          "prompt":"p","maxTokens":1     | maxTokens: unknown field (expected: one of capability, deadline_seconds, id, labels, lane, max_tokens, messages, object, prompt, seed, session, stop, temperature, tenant, top_k, top_p)
          """)
  void refuses(String fields, String message) {
    String text = "{\"capability\":\"c\"," + fields.replace("\\\\", "\\") + "}";
    var refused = assertThrows(IllegalArgumentException.class, () -> read(text));
    assertEquals(message, refused.getMessage());
  }

  @Test
  void theCapabilityIsNeeded() {
    var refused = assertThrows(IllegalArgumentException.class, () -> read("{\"prompt\":\"p\"}"));
    assertEquals("capability: not set (expected: a string)", refused.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "[]",
        "7",
        "null",
        "\"text\"",
        "{\"capability\":\"c\",\"prompt\":\"p\"",
        "{\"capability\":\"c\",\"prompt\":\"p\"} {}",
        "{\"capability\":\"c\",\"prompt\":\"p\"} x",
        "{\"capability\":\"c\",\"capability\":\"d\",\"prompt\":\"p\"}",
        "{'capability':'c'}",
        "{\"prompt\":\"\u0001\"}",
        "{\"prompt\":NaN}",
        "{\"prompt\":007}",
        "{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}}}}}"
      })
  void isNoJsonObject(String text) {
    assertThrows(MalformedRecordException.class, () -> json.parse(bytes(text)));
  }

  @Test
  void invalidUtf8IsNoJson() {
    byte[] text = bytes("{\"capability\":\"c\",\"prompt\":\"p\"}");
    text[text.length - 3] = (byte) 0xff;
    assertThrows(MalformedRecordException.class, () -> json.parse(text));
  }

  @Test
  void surrogatesAsUtf8AreRefused() {
    byte[] text = bytes("{\"capability\":\"c\",\"prompt\":\"pqr\"}");
    text[text.length - 5] = (byte) 0xed;
    text[text.length - 4] = (byte) 0xa0;
    text[text.length - 3] = (byte) 0x80;
    assertThrows(MalformedRecordException.class, () -> json.parse(text));
  }

  @Test
  void hugeNumbersCostNothing() {
    String digits = "9".repeat(100_000);
    assertThrows(
        MalformedRecordException.class, () -> json.parse(bytes("{\"seed\":" + digits + "}")));
    assertThrows(
        MalformedRecordException.class,
        () -> json.parse(bytes("[".repeat(100_000) + "]".repeat(100_000))));
  }

  @Test
  void aSenderIsWhoeverCanBeRecognised() {
    var sender =
        json.sender(
            json.parse(bytes("{\"tenant\":\"acme\",\"session\":7,\"capability\":\"c\"}")),
            Optional.empty(),
            PLACE);
    assertEquals(PLACE.requestId(), sender.id());
    assertEquals(new TenantId("acme"), sender.context().tenant());
    assertEquals(new SessionId(sender.id().toString()), sender.context().session());
    assertEquals(new Capability("c"), sender.context().capability());
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

  private long seed(String text, Place place) {
    return json.request(json.parse(bytes(text)), place).parameters().sampling().seed();
  }

  private InferenceRequest read(String text) {
    return json.request(json.parse(bytes(text)), PLACE);
  }
}
