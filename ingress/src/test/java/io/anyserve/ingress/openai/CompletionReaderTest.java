package io.anyserve.ingress.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.ChatMessage;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.codec.PayloadCodec;
import io.anyserve.contracts.tool.ToolCall;
import io.anyserve.contracts.tool.ToolChoice;
import io.anyserve.contracts.tool.ToolDefinition;
import io.anyserve.contracts.tool.ToolOptions;
import io.anyserve.v1.Inference;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CompletionReaderTest {

  private static final String MESSAGES = "\"messages\":[{\"role\":\"user\",\"content\":\"Once\"}]";

  @Test
  void everythingThatIsOfferedReachesTheRequest() {
    Inference inference =
        chat("""
                "max_completion_tokens":5,"temperature":0.5,"top_p":0.9,"top_k":3,"seed":7,
                "stop":["a","b"],"presence_penalty":0.1,"frequency_penalty":-0.2,"ignore_eos":true,
                "min_p":0.05,"typical_p":0.8,"repetition_penalty":1.1,"stop_token_ids":[3,9],
                "min_tokens":2
                """)
            .choices()
            .getFirst();
    assertEquals("story", inference.getCapability());
    var parameters = inference.getParameters();
    assertEquals(5, parameters.getMaxTokens());
    assertEquals(0.5, parameters.getTemperature());
    assertEquals(0.9, parameters.getTopP());
    assertEquals(3, parameters.getTopK());
    assertEquals(7, parameters.getSeed());
    assertEquals(List.of("a", "b"), parameters.getStopList());
    assertEquals(0.1, parameters.getPresencePenalty());
    assertEquals(-0.2, parameters.getFrequencyPenalty());
    assertTrue(parameters.getIgnoreEos());
    assertEquals(0.05, parameters.getMinP());
    assertEquals(0.8, parameters.getTypicalP());
    assertEquals(1.1, parameters.getRepetitionPenalty());
    assertEquals(List.of(3, 9), parameters.getStopTokenIdsList());
    assertEquals(2, parameters.getMinTokens());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '^',
      quoteCharacter = '`',
      value = {
        "\"response_format\":{\"type\":\"json_object\"} ^ json_object { }",
        "\"structured_outputs\":{\"json_object\":true} ^ json_object { }",
        "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"a\","
            + "\"strict\":true,\"schema\":{\"type\":\"null\"}}}"
            + " ^ json_schema: \"{\\\"type\\\":\\\"null\\\"}\"",
        "\"structured_outputs\":{\"json\":{\"type\":\"null\"}}"
            + " ^ json_schema: \"{\\\"type\\\":\\\"null\\\"}\"",
        "\"structured_outputs\":{\"json\":\"true\"} ^ json_schema: \"true\"",
        "\"structured_outputs\":{\"regex\":\"[a-z]+\"} ^ regex: \"[a-z]+\"",
        "\"structured_outputs\":{\"choice\":[\"yes.\",\"no\"]} ^ regex: \"yes\\\\.|no\""
      })
  void whatTheTextMustBe(String more, String expected) {
    var parameters = chat(more).choices().getFirst().getParameters();
    assertEquals(
        expected.strip(), parameters.getOutputFormat().toString().replaceAll("\\s+", " ").strip());
  }

  /** As JSON Schema has integers, and as clients write them whose numbers are all fractions. */
  @Test
  void wholeNumbersMayHaveAFractionOfZero() {
    var parameters = chat("\"max_tokens\":7.0,\"seed\":-3e2").choices().getFirst().getParameters();
    assertEquals(7, parameters.getMaxTokens());
    assertEquals(-300, parameters.getSeed());
  }

  @Test
  void whatIsLeftOutIsLeftToTheModel() {
    var parameters = chat("\"temperature\":null").choices().getFirst().getParameters();
    assertEquals(0, parameters.getAllFields().size(), parameters::toString);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"tools\":[]",
        "\"tool_choice\":\"auto\"",
        "\"parallel_tool_calls\":true",
        "\"response_format\":{\"type\":\"text\"}",
        "\"logprobs\":false",
        "\"top_logprobs\":null",
        "\"logit_bias\":{}",
        "\"store\":false",
        "\"service_tier\":\"auto\"",
        "\"modalities\":[\"text\"]",
        "\"prompt_cache_key\":\"k\"",
        "\"safety_identifier\":\"u\"",
        "\"max_tokens\":4,\"max_completion_tokens\":4",
        "\"stream\":true,\"stream_options\":{\"include_obfuscation\":false}"
      })
  void whatAsksForNothingIsLetThrough(String more) {
    assertEquals(1, chat(more).choices().size());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "tools[0].function|\"tools\":[{\"type\":\"function\"}]",
        "tools[0].type|\"tools\":[{\"type\":\"web_search\"}]",
        "tools[0].function.name|\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"a b\"}}]",
        "tools[0].function.strict|\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"strict\":1}}]",
        "tool_choice|\"tool_choice\":\"required\"",
        "tool_choice|\"tool_choice\":\"always\"",
        "tool_choice.function.name|\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"f\"}}",
        "tool_choice.type|\"tool_choice\":{\"type\":\"allowed_tools\"}",
        "functions|\"functions\":[{\"name\":\"f\"}]",
        "function_call|\"function_call\":{\"name\":\"f\"}",
        "chat_template_kwargs.other|\"chat_template_kwargs\":{\"other\":true}",
        "reasoning_effort|\"reasoning_effort\":\"none\",\"chat_template_kwargs\":{\"thinking\":true}",
        "tool_choice|\"tool_choice\":\"required\"",
        "response_format.type|\"response_format\":{\"type\":\"xml\"}",
        "response_format.json_schema|\"response_format\":{\"type\":\"json_schema\"}",
        "response_format.json_schema.name|\"response_format\":"
            + "{\"type\":\"json_schema\",\"json_schema\":{\"schema\":{}}}",
        "response_format.json_schema|\"response_format\":"
            + "{\"type\":\"json_object\",\"json_schema\":{\"name\":\"a\",\"schema\":{}}}",
        "structured_outputs|\"structured_outputs\":{\"regex\":\"a\",\"json_object\":true}",
        "structured_outputs.choice|\"structured_outputs\":{\"choice\":[]}",
        "structured_outputs|\"response_format\":{\"type\":\"json_object\"},"
            + "\"structured_outputs\":{\"regex\":\"a\"}",
        "stop_token_ids|\"stop_token_ids\":[1.5]",
        "min_tokens|\"min_tokens\":-1",
        "logprobs|\"logprobs\":2",
        "top_logprobs|\"top_logprobs\":2",
        "top_logprobs|\"logprobs\":true,\"top_logprobs\":21",
        "top_logprobs|\"logprobs\":true,\"top_logprobs\":-1",
        "logit_bias|\"logit_bias\":{\"5\":101}",
        "logit_bias|\"logit_bias\":{\"5\":\"1\"}",
        "logit_bias|\"logit_bias\":{\"5\":null}",
        "logit_bias|\"logit_bias\":{\"05\":1}",
        "logit_bias|\"logit_bias\":{\"-5\":1}",
        "logit_bias|\"logit_bias\":{\"the\":1}",
        "logit_bias|\"logit_bias\":{\"2147483648\":1}",
        "logit_bias|\"logit_bias\":[5]",
        "store|\"store\":true",
        "audio|\"audio\":{}",
        "reasoning_effort|\"reasoning_effort\":\"high\"",
        "best_of|\"best_of\":1",
        "colour|\"colour\":\"red\"",
        "n|\"n\":0",
        "n|\"n\":1000000000",
        "n|\"n\":1e3",
        "n|\"n\":\"2\"",
        "stream|\"stream\":\"true\"",
        "seed|\"seed\":1.5",
        "seed|\"seed\":99999999999999999999",
        "temperature|\"temperature\":\"warm\"",
        "max_tokens|\"max_tokens\":0",
        "max_tokens|\"max_tokens\":3,\"max_completion_tokens\":4",
        "max_completion_tokens|\"max_completion_tokens\":200000",
        "stop[1]|\"stop\":[\"a\",7]",
        "user|\"user\":\"\\ud800\"",
        "user|\"user\":\"a\\u0000b\"",
        "metadata.a|\"metadata\":{\"a\":1}",
        "metadata.user|\"metadata\":{\"user\":\"b\"},\"user\":\"a\"",
        "metadata|\"metadata\":[]",
        "stream_options|\"stream_options\":{\"include_usage\":true}",
        "stream_options.other|\"stream\":true,\"stream_options\":{\"other\":true}",
        "top_k|\"top_k\":1001",
        "model|\"model\":\"again\"",
      })
  void whatIsWrongIsNamed(String param, String more) {
    assertEquals(param, refusedChat("{\"model\":\"story\"," + MESSAGES + "," + more + "}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "messages|[]",
        "messages|\"Once\"",
        "messages[0]|[7]",
        "messages[0].role|[{\"content\":\"a\"}]",
        "messages[0].role|[{\"role\":\"function\",\"content\":\"a\"}]",
        "messages[0].tool_call_id|[{\"role\":\"tool\",\"content\":\"a\"}]",
        "messages[0].tool_call_id|[{\"role\":\"user\",\"content\":\"a\",\"tool_call_id\":\"c\"}]",
        "messages[0].tool_calls|[{\"role\":\"user\",\"content\":\"a\",\"tool_calls\":[{}]}]",
        "messages[0].role|[{\"role\":\"wizard\",\"content\":\"a\"}]",
        "messages[0].content|[{\"role\":\"user\"}]",
        "messages[0].content|[{\"role\":\"user\",\"content\":{}}]",
        "messages[0].content[0].type|[{\"role\":\"user\",\"content\":[{\"type\":\"input_audio\"}]}]",
        "messages[0].content[0].image_url|[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\"}]}]",
        "messages[0].content[0].text|[{\"role\":\"user\",\"content\":[{\"type\":\"text\"}]}]",
        "messages[0].tool_calls[0].type|[{\"role\":\"assistant\",\"content\":\"a\",\"tool_calls\":[{}]}]",
        "messages[0].name|[{\"role\":\"user\",\"content\":\"a\",\"name\":7}]",
        "messages[0].role|[{\"role\":\"user\",\"role\":\"user\",\"content\":\"a\"}]",
      })
  void messagesThatAreWrongAreNamed(String param, String messages) {
    assertEquals(param, refusedChat("{\"model\":\"story\",\"messages\":" + messages + "}"));
  }

  @Test
  void likelihoodsAreAskedForInTheWayOfEachKind() {
    assertEquals(0, logprobs(chat("\"logprobs\":true")));
    assertEquals(20, logprobs(chat("\"logprobs\":true,\"top_logprobs\":20")));
    assertFalse(asks(chat("\"logprobs\":false,\"top_logprobs\":0")));
    assertEquals(0, logprobs(text("\"logprobs\":0")));
    assertEquals(5, logprobs(text("\"logprobs\":5")));
    assertFalse(asks(text("\"logprobs\":null")));
    assertFalse(asks(text("\"logprobs\":false")));
    for (String wrong : List.of("6", "-1", "true", "1.5", "\"1\"")) {
      assertEquals("logprobs", refused(CompletionKind.TEXT, textBody("\"logprobs\":" + wrong)));
    }
    assertEquals("top_logprobs", refused(CompletionKind.TEXT, textBody("\"top_logprobs\":1")));
  }

  @Test
  void aBiasIsReadByTokenId() {
    var parameters =
        chat("\"logit_bias\":{\"0\":-100,\"50256\":0.5}").choices().getFirst().getParameters();
    assertEquals(Map.of(0, -100.0, 50256, 0.5), parameters.getLogitBiasMap());
    String many =
        IntStream.rangeClosed(0, 300)
            .mapToObj(token -> "\"" + token + "\":1")
            .collect(Collectors.joining(",", "\"logit_bias\":{", "}"));
    assertEquals("logit_bias", refused(CompletionKind.TEXT, textBody(many)));
  }

  private static int logprobs(CompletionCall call) {
    assertTrue(asks(call));
    return call.choices().getFirst().getParameters().getLogprobs();
  }

  private static boolean asks(CompletionCall call) {
    return call.choices().getFirst().getParameters().hasLogprobs();
  }

  private static CompletionCall text(String more) {
    return read(CompletionKind.TEXT, textBody(more));
  }

  private static String textBody(String more) {
    return "{\"model\":\"story\",\"prompt\":\"a\"," + more + "}";
  }

  @Test
  void partsAndRolesBecomeMessages() {
    Inference inference =
        read(
                CompletionKind.CHAT,
                "{\"model\":\"story\",\"messages\":[{\"role\":\"developer\",\"content\":\"a\"},"
                    + "{\"role\":\"assistant\",\"content\":\"b\",\"refusal\":null,\"tool_calls\":[],"
                    + "\"reasoning\":\"c\",\"reasoning_content\":\"c\"},{\"role\":\"user\",\"content\":"
                    + "[{\"type\":\"text\",\"text\":\"d\"},{\"type\":\"text\",\"text\":\"e\"}]}]}")
            .choices()
            .getFirst();
    var messages = inference.getInput().getChat().getMessagesList();
    assertEquals(
        List.of("system a", "assistant b", "user d\ne"),
        messages.stream().map(message -> message.getRole() + " " + message.getContent()).toList());
  }

  @Test
  void severalPromptsAreSeveralChoices() {
    var call = read(CompletionKind.TEXT, "{\"model\":\"story\",\"prompt\":[\"a\",\"b\"],\"n\":2}");
    assertEquals(
        List.of("a", "a", "b", "b"),
        call.choices().stream().map(choice -> choice.getInput().getText()).toList());
    assertEquals(
        "n",
        refused(CompletionKind.TEXT, "{\"model\":\"story\",\"prompt\":[\"a\",\"b\"],\"n\":9}"));
    for (String prompt : List.of("[1,2]", "[[1]]", "[]", "7", "null", "{\"a\":1}")) {
      assertEquals(
          "prompt",
          refused(CompletionKind.TEXT, "{\"model\":\"story\",\"prompt\":" + prompt + "}"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "7", "{", "{}{}", "{\"model\":\"story\",}", "{'model':1}"})
  void whatIsNoObjectIsRefused(String body) {
    assertThrows(ApiException.class, () -> read(CompletionKind.CHAT, body));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"model\":",
        "{\"model\":\"sto",
        "{\"model\":\"story\",\"messages\":[{\"role\":\"user\"",
        "{\"model\":\"story\",\"n\":1"
      })
  void aBodyThatIsCutOffSaysSoAndNamesNoParameter(String body) {
    var thrown = assertThrows(ApiException.class, () -> read(CompletionKind.CHAT, body));
    assertEquals("malformed_json", thrown.error().code());
    assertEquals(Optional.empty(), thrown.error().param());
    assertEquals("body: the JSON ends early (expected: one JSON object)", thrown.error().message());
  }

  @Test
  void anAnswerWithoutTextIsEmpty() {
    Inference inference =
        read(
                CompletionKind.CHAT,
                "{\"model\":\"story\",\"messages\":[{\"role\":\"assistant\",\"content\":null},"
                    + "{\"role\":\"assistant\"},{\"role\":\"user\",\"content\":\"a\"}]}")
            .choices()
            .getFirst();
    var messages = inference.getInput().getChat().getMessagesList();
    assertEquals(
        List.of("assistant ", "assistant ", "user a"),
        messages.stream().map(message -> message.getRole() + " " + message.getContent()).toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"user", "system", "developer"})
  void aMessageOfAnyoneElseHasText(String role) {
    String body =
        "{\"model\":\"story\",\"messages\":[{\"role\":\"%s\",\"content\":null}]}".formatted(role);
    var thrown = assertThrows(ApiException.class, () -> read(CompletionKind.CHAT, body));
    assertEquals(Optional.of("messages[0].content"), thrown.error().param());
    assertEquals(
        "messages[0].content: not set (expected: a string in a message of the " + role + ")",
        thrown.error().message());
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt-4o/mini", "Qwen2.5", "a b", ""})
  void aNameThatNoModelHasIsNotFound(String model) {
    var thrown =
        assertThrows(
            ApiException.class,
            () -> read(CompletionKind.CHAT, "{\"model\":\"" + model + "\"," + MESSAGES + "}"));
    assertEquals(404, thrown.error().status());
    assertEquals("model_not_found", thrown.error().code());
  }

  @Test
  void toolsAndWhatTheyGaveBackAreRead() {
    String body =
        """
        {"model": "story", "messages": [
          {"role": "user", "content": "Weather?", "name": "ann"},
          {"role": "assistant", "content": null, "reasoning_content": "hm", "tool_calls": [
            {"index": 0, "id": "call_1", "type": "function",
             "function": {"name": "weather", "arguments": "{\\"in\\": 1}"}}]},
          {"role": "tool", "tool_call_id": "call_1", "content": [{"type": "text", "text": "hot"}]}],
         "tools": [{"type": "function", "function": {"name": "weather", "description": "of a city",
           "parameters": {"type": "object"}, "strict": true}},
           {"type": "function", "function": {"name": "time"}}],
         "tool_choice": {"type": "function", "function": {"name": "time"}},
         "parallel_tool_calls": false, "reasoning_effort": "none"}""";
    var input = read(CompletionKind.CHAT, body).choices().getFirst().getInput();

    assertEquals(
        new Payload.Chat(
            List.of(
                new ChatMessage("user", "Weather?", "", List.of(), "", "ann"),
                ChatMessage.assistant(
                    "", "hm", List.of(new ToolCall("call_1", "weather", "{\"in\": 1}"))),
                ChatMessage.toolResult("call_1", "hot")),
            new ToolOptions(
                List.of(
                    new ToolDefinition("weather", "of a city", "{\"type\":\"object\"}", true),
                    new ToolDefinition("time", "", "", false)),
                new ToolChoice.Function("time"),
                false),
            Optional.of(false)),
        PayloadCodec.read(input));
  }

  private static CompletionCall chat(String more) {
    return read(CompletionKind.CHAT, "{\"model\":\"story\"," + MESSAGES + "," + more + "}");
  }

  private static CompletionCall read(CompletionKind kind, String body) {
    return CompletionReader.read(kind, body.getBytes(UTF_8), Optional.empty());
  }

  private static String refusedChat(String body) {
    return refused(CompletionKind.CHAT, body);
  }

  /** The parameter that is named. */
  private static String refused(CompletionKind kind, String body) {
    var thrown = assertThrows(ApiException.class, () -> read(kind, body));
    assertEquals(400, thrown.error().status());
    return thrown.error().param().orElse("");
  }
}
