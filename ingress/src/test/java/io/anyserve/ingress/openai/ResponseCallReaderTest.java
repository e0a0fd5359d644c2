package io.anyserve.ingress.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.ChatMessage;
import io.anyserve.contracts.tool.ToolCall;
import io.anyserve.contracts.tool.ToolChoice;
import io.anyserve.ingress.openai.response.InputItem;
import io.anyserve.ingress.openai.response.ResponseCall;
import io.anyserve.ingress.openai.response.ResponseCallReader;
import io.anyserve.v1.Inference;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

final class ResponseCallReaderTest {

  @Test
  void whatIsLeftOutIsAsDocumented() {
    ResponseCall call = read("\"input\":\"Hello\"");
    assertEquals(List.of(new InputItem.Message("user", List.of("Hello"))), call.input());
    assertTrue(call.options().store());
    assertFalse(call.options().stream());
    assertFalse(call.options().background());
    assertFalse(call.options().truncates());
    assertEquals(Optional.empty(), call.options().instructions());
    assertTrue(call.maxOutputTokens().isEmpty());
    assertEquals(Map.of(), call.labels().metadata());
  }

  @Test
  void allThatIsHonouredIsRead() {
    ResponseCall call =
        read(
            "\"input\":[{\"role\":\"developer\",\"content\":\"a\"},{\"type\":\"message\",\"role\":\"assistant\",\"content\":[{\"type\":\"output_text\",\"text\":\"b\",\"annotations\":[],\"logprobs\":[]},{\"type\":\"input_text\",\"text\":\"c\"}]}],"
                + "\"instructions\":\"i\",\"previous_response_id\":\"resp_1\",\"max_output_tokens\":5,\"temperature\":0,\"top_p\":0.5,\"top_k\":3,\"seed\":7,\"ignore_eos\":true,"
                + "\"stream\":true,\"stream_options\":{\"include_obfuscation\":false},\"store\":true,\"background\":true,\"truncation\":\"auto\",\"text\":{\"format\":{\"type\":\"text\"}},"
                + "\"metadata\":{\"k\":\"v\"},\"user\":\"u\"");
    assertEquals(
        List.of(new ChatMessage("system", "a"), new ChatMessage("assistant", "b\nc")),
        InputItem.messages(call.input()));
    assertEquals(
        new ResponseCall.Options(Optional.of("i"), Optional.of("resp_1"), true, true, true, true),
        call.options());
    assertEquals(Map.of("k", "v"), call.labels().metadata());
    assertEquals(Optional.of("u"), call.labels().user());
    Inference request = call.with(List.of(new ChatMessage("user", "x")), Optional.of("s"));
    assertEquals("s", request.getSession());
    assertEquals("x", request.getInput().getChat().getMessages(0).getContent());
    assertEquals(5, request.getParameters().getMaxTokens());
    assertEquals(0.0, request.getParameters().getTemperature());
    assertEquals(0.5, request.getParameters().getTopP());
    assertEquals(3, request.getParameters().getTopK());
    assertEquals(7, request.getParameters().getSeed());
    assertTrue(request.getParameters().getIgnoreEos());
    assertEquals(Map.of("k", "v", "user", "u"), request.getLabelsMap());
  }

  @Test
  void toolsAreReadAndSoAreCallsAndTheirResults() {
    ResponseCall call =
        read(
            "\"input\":[{\"role\":\"user\",\"content\":\"Look\"},{\"type\":\"reasoning\",\"id\":\"rs_1\",\"summary\":[{\"type\":\"summary_text\",\"text\":\"short\"}],\"content\":[{\"type\":\"reasoning_text\",\"text\":\"long\"}],\"encrypted_content\":null},"
                + "{\"type\":\"message\",\"role\":\"assistant\",\"content\":\"I look.\"},{\"type\":\"function_call\",\"id\":\"fc_1\",\"status\":\"completed\",\"call_id\":\"c1\",\"name\":\"f\",\"arguments\":\"{}\"},{\"type\":\"function_call\",\"call_id\":\"c2\",\"name\":\"f\",\"arguments\":\"{}\"},"
                + "{\"type\":\"function_call_output\",\"call_id\":\"c1\",\"output\":\"one\"},{\"type\":\"function_call_output\",\"call_id\":\"c2\",\"output\":[{\"type\":\"input_text\",\"text\":\"two\"}]}],"
                + "\"tools\":[{\"type\":\"function\",\"name\":\"f\",\"description\":null,\"parameters\":{\"type\":\"object\"},\"strict\":true}],\"tool_choice\":{\"type\":\"function\",\"name\":\"f\"},\"parallel_tool_calls\":false");
    List<ToolCall> calls = List.of(new ToolCall("c1", "f", "{}"), new ToolCall("c2", "f", "{}"));
    assertEquals(
        List.of(
            new ChatMessage("user", "Look"),
            ChatMessage.assistant("I look.", "long", calls),
            ChatMessage.toolResult("c1", "one"),
            ChatMessage.toolResult("c2", "two")),
        InputItem.messages(call.input()));
    assertEquals(new ToolChoice.Function("f"), call.tools().choice());
    assertFalse(call.tools().parallel());
    Inference request = call.with(InputItem.messages(call.input()), Optional.empty());
    assertEquals("{\"type\":\"object\"}", request.getInput().getChat().getTools(0).getParameters());
    assertTrue(request.getInput().getChat().getTools(0).getStrict());
    assertEquals(2, request.getInput().getChat().getMessages(1).getToolCallsCount());
  }

  @Test
  void theFormatOfTheTextIsKeptAsItWasWritten() {
    String format =
        "{\"type\":\"json_schema\",\"name\":\"a\",\"schema\":{\"type\":\"null\"},\"strict\":true}";
    ResponseCall call = read("\"input\":\"x\",\"text\":{\"format\":" + format + "}");
    assertEquals(Optional.of(format), call.format().map(JsonNode::toString));
    assertEquals(
        "{\"type\":\"null\"}", call.request().getParameters().getOutputFormat().getJsonSchema());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tools:[]",
        "tool_choice:\"auto\"",
        "tool_choice:\"none\"",
        "include:[]",
        "reasoning:{}",
        "reasoning:{\"effort\":\"none\"}",
        "service_tier:\"default\"",
        "top_logprobs:0",
        "context_management:[]",
        "conversation:null",
        "parallel_tool_calls:true",
        "max_tool_calls:3",
        "prompt_cache_key:\"k\"",
        "safety_identifier:\"k\"",
        "text:{\"verbosity\":\"medium\"}"
      })
  void whatAsksForNothingIsLetThrough(String parameter) {
    assertEquals("story", read("\"input\":\"x\"," + quoted(parameter)).model());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "include:[\"message.output_text.logprobs\"]",
        "reasoning:{\"effort\":\"high\"}",
        "service_tier:\"flex\"",
        "top_logprobs:2",
        "context_management:[{}]",
        "conversation:\"conv_1\"",
        "prompt:{\"id\":\"p\"}",
        "moderation:{}",
        "access_programs:[1]",
        "n:2",
        "logit_bias:{}"
      })
  void whatIsNotOfferedIsRefusedByName(String parameter) {
    ApiError error = refused("\"input\":\"x\"," + quoted(parameter));
    assertEquals("unsupported_parameter", error.code());
    assertEquals(Optional.of(parameter.substring(0, parameter.indexOf(':'))), error.param());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"input\":\"x\",\"text\":{\"format\":{\"type\":\"text\",\"colour\":1}} | text.format.colour",
        "\"input\":\"x\",\"text\":{\"verbosity\":\"low\"} | text.verbosity",
        "\"input\":\"x\",\"tools\":[{\"type\":\"web_search\"}] | tools[0].type",
        "\"input\":\"x\",\"tools\":[{\"type\":\"function\",\"name\":\"f\",\"x\":1}] | tools[0].x",
        "\"input\":\"x\",\"tool_choice\":{\"type\":\"allowed_tools\"} | tool_choice.type",
        "\"input\":[{\"type\":\"item_reference\",\"id\":\"msg_1\"}] | input[0].type",
        "\"input\":[{\"role\":\"user\",\"content\":[{\"type\":\"input_image\"}]}] | input[0].content[0].type",
        "\"input\":[{\"role\":\"user\",\"content\":\"x\",\"name\":\"n\"}] | input[0].name",
        "\"input\":\"x\",\"stream_options\":{\"include_usage\":true} | stream_options.include_usage",
      })
  void whatIsNotOfferedInsideIsRefusedByItsPath(String parameters, String path) {
    ApiError error = refused(parameters);
    assertEquals("unsupported_parameter", error.code());
    assertEquals(Optional.of(path), error.param());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"instructions\":\"x\" | input",
        "\"input\":[] | input",
        "\"input\":7 | input",
        "\"input\":[7] | input[0]",
        "\"input\":[{\"role\":\"tool\",\"content\":\"x\"}] | input[0].role",
        "\"input\":[{\"role\":\"user\"}] | input[0].content",
        "\"input\":[{\"type\":\"function_call_output\"}] | input[0].call_id",
        "\"input\":[{\"type\":\"function_call_output\",\"call_id\":\"c\"}] | input[0].output",
        "\"input\":[{\"type\":\"function_call\",\"call_id\":\"c\",\"name\":\"a b\"}] | input[0].name",
        "\"input\":\"x\",\"tools\":[{\"type\":\"function\"}] | tools[0].name",
        "\"input\":\"x\",\"tool_choice\":\"required\" | tool_choice",
        "\"input\":\"x\",\"tool_choice\":{\"type\":\"function\",\"name\":\"f\"} | tool_choice.name",
        "\"input\":\"x\",\"max_output_tokens\":0 | max_output_tokens",
        "\"input\":\"x\",\"store\":\"yes\" | store",
        "\"input\":\"x\",\"background\":true,\"store\":false | background",
        "\"input\":\"x\",\"truncation\":\"some\" | truncation",
        "\"input\":\"x\",\"previous_response_id\":7 | previous_response_id",
        "\"input\":\"x\\u0000\" | input",
        "\"input\":\"x\",\"text\":{\"format\":{\"type\":\"xml\"}} | text.format.type",
        "\"input\":\"x\",\"text\":{\"format\":{\"type\":\"json_schema\",\"name\":\"a\"}} | text.format.schema",
      })
  void wrongValuesAreRefusedByName(String parameters, String path) {
    ApiError error = refused(parameters);
    assertEquals("invalid_value", error.code());
    assertEquals(Optional.of(path), error.param());
  }

  private static String quoted(String parameter) {
    int colon = parameter.indexOf(':');
    return "\"" + parameter.substring(0, colon) + "\"" + parameter.substring(colon);
  }

  private static ApiError refused(String parameters) {
    return assertThrows(ApiException.class, () -> read(parameters)).error();
  }

  private static ResponseCall read(String parameters) {
    return ResponseCallReader.read(("{\"model\":\"story\"," + parameters + "}").getBytes(UTF_8));
  }
}
