package io.anyserve.router.intake;

import static io.anyserve.router.Samples.NOW;
import static io.anyserve.router.Samples.RULES;
import static io.anyserve.router.intake.IntakeRun.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.codec.MalformedRecordException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** JSON that is no request: what is expected instead, and whose it is all the same. */
final class IntakeJsonRefusalsTest {

  private static final IntakeRecord.Position PLACE =
      new IntakeRecord.Position("anyserve.intake", 0, 17, NOW);

  private final IntakeJson json = new IntakeJson(RULES);

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
          "messages":[{"role":"user","content":"x"},{"role":"me","content":"x"}] | messages[1]: message.role: "me" (expected: system, user, assistant or tool)
          "messages":[{"role":"user","content":"x","nick":"n"}] | messages[0].nick: unknown field (expected: one of content, name, reasoning, role, tool_call_id, tool_calls)
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
          "prompt":"p","min_p":2         | min_p: 2.0 (expected: 0 to 1)
          "prompt":"p","typical_p":0     | typical_p: 0.0 (expected: above 0, at most 1)
          "prompt":"p","presence_penalty":3 | presence_penalty: 3.0 (expected: -2.0 to 2.0)
          "prompt":"p","frequency_penalty":"1" | frequency_penalty: "1" (expected: a number)
          "prompt":"p","repetition_penalty":0 | repetition_penalty: 0.0 (expected: 0.01 to 10.0)
          "prompt":"p","stop_token_ids":7 | stop_token_ids: 7 (expected: an array of integers)
          "prompt":"p","stop_token_ids":[-1] | stop_token_ids: -1 (expected: ids of at least 0)
          "prompt":"p","min_tokens":300  | min_tokens: 300 (expected: at most max_tokens, 256)
          "prompt":"p","ignore_eos":1    | ignore_eos: 1 (expected: true or false)
          "prompt":"p","logit_bias":{"a":1} | logit_bias: a (expected: token ids)
          "prompt":"p","logit_bias":{"1":"a"} | logit_bias.1: "a" (expected: a number)
          "prompt":"p","logprobs":2      | logprobs: set (expected: none, results of asynchronous requests have no place for them)
          "prompt":"p","response_format":{"type":"xml"} | response_format.type: xml (expected: text, json_object or json_schema)
          "prompt":"p","response_format":{"type":"json_schema"} | response_format.json_schema: not set (expected: a JSON object)
          "prompt":"p","structured_outputs":{} | structured_outputs: 0 set (expected: one of json, regex, choice and json_object)
          "prompt":"p","structured_outputs":{"choice":[]} | structured_outputs.choice: [] (expected: 1 to 256 strings)
          "prompt":"p","tools":[]        | tools: [] (expected: only beside messages)
          "messages":[{"role":"user","content":"x"}],"tools":[{"type":"retrieval"}] | tools[0].type: "retrieval" (expected: function)
          "messages":[{"role":"user","content":"x"}],"tools":[{"function":{"name":"a b"}}] | tools[0].function: tool.name: "a b" (expected: a match of [a-zA-Z0-9_-]{1,64})
          "messages":[{"role":"user","content":"x"}],"tool_choice":"some" | tool_choice: "some" (expected: none, auto, required or a function)
          "messages":[{"role":"user","content":"x"}],"tool_choice":"required" | tool_choice: required (expected: auto or none without tools)
          "messages":[{"role":"user","content":"x","tool_calls":[{"id":"c","function":{"name":"f","arguments":"{}"}}]}] | messages[0]: message.tool_calls: of role user (expected: only of role assistant)
          "messages":[{"role":"user","content":"x"}],"parallel_tool_calls":1 | parallel_tool_calls: 1 (expected: true or false)
          "messages":[{"role":"user","content":"x"}],"chat_template_kwargs":{"a":1} | chat_template_kwargs.a: unknown field (expected: one of enable_thinking, thinking)
          "prompt":"p","lane":"fast"     | lane: "fast" (expected: interactive or batch)
          "prompt":"p","id":"7"          | request: "7" (expected: a UUID)
          "prompt":"p","tenant":"A B"    | tenant: "A B" (expected: a match of [a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?)
          "prompt":"p","maxTokens":1     | maxTokens: unknown field (expected: one of capability, chat_template_kwargs, deadline_seconds, frequency_penalty, id, ignore_eos, labels, lane, logit_bias, logprobs, max_tokens, messages, min_p, min_tokens, object, parallel_tool_calls, presence_penalty, prompt, repetition_penalty, response_format, seed, session, stop, stop_token_ids, structured_outputs, temperature, tenant, tool_choice, tools, top_k, top_p, typical_p)
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
        "{\"prompt\":007}"
      })
  void isNoJsonObject(String text) {
    assertThrows(MalformedRecordException.class, () -> json.parse(bytes(text)));
  }

  @Test
  void nestingIsBounded() {
    String deep = "{\"a\":".repeat(64) + "{}" + "}".repeat(64);
    assertThrows(MalformedRecordException.class, () -> json.parse(bytes(deep)));
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

  private InferenceRequest read(String text) {
    return json.request(json.parse(bytes(text)), PLACE);
  }
}
