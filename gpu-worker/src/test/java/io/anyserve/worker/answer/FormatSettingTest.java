package io.anyserve.worker.answer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.ChatMessage;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.tool.ToolChoice;
import io.anyserve.contracts.tool.ToolDefinition;
import io.anyserve.contracts.tool.ToolOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FormatSettingTest {

  @ParameterizedTest
  @CsvSource({
    "{{ tools }} <tool_call>, HERMES",
    "{{ tools }} <tool_call> <function=, QWEN_CODER",
    "{{ tools }} <|python_tag|>, LLAMA",
    "{{ tools }} Environment: ipython, LLAMA",
    "{{ tools }} [TOOL_CALLS], MISTRAL",
    "{{ tools }},",
    "<tool_call>,"
  })
  void theChatTemplateTeachesTheFormatOfCalls(String template, ToolCallFormat format) {
    assertEquals(
        Optional.ofNullable(format),
        FormatSetting.AUTO.formatOf(Optional.of(template)).toolCalls());
  }

  @ParameterizedTest
  @CsvSource({"<think></think>, THINK", "[THINK][/THINK], BRACKETS", "text,"})
  void theChatTemplateTeachesTheFormatOfReasoning(String template, ReasoningFormat format) {
    assertEquals(
        Optional.ofNullable(format),
        FormatSetting.AUTO.formatOf(Optional.of(template)).reasoning());
  }

  @ParameterizedTest
  @CsvSource({
    "qwen25, HERMES,",
    "qwen3, HERMES, THINK",
    "qwen3_coder, QWEN_CODER,",
    "llama31_tools, LLAMA,",
    "mistral, MISTRAL,",
    "mistral_small,,",
    "llama3,,",
    "phi3,,",
    "gemma,,",
    "gemma3,,",
    "zephyr,,"
  })
  void theFormatsOfModelFamiliesAreFound(
      String family, ToolCallFormat toolCalls, ReasoningFormat reasoning) throws IOException {
    Path families = Path.of("jinja/src/test/resources/io/anyserve/jinja/families");
    String template = Files.readString(families.resolve(family + ".j2"));

    assertEquals(
        new AnswerFormat(Optional.ofNullable(toolCalls), Optional.ofNullable(reasoning)),
        FormatSetting.AUTO.formatOf(Optional.of(template)));
  }

  @Test
  void aSettingOverrulesTheTemplateButNotThatItTakesNoTools() {
    var setting =
        new FormatSetting(
            Optional.of(FormatSetting.ToolCalls.MISTRAL),
            Optional.of(FormatSetting.Reasoning.NONE));

    assertEquals(
        new AnswerFormat(Optional.of(ToolCallFormat.MISTRAL), Optional.empty()),
        setting.formatOf(Optional.of("{{ tools }} <tool_call> </think>")));
    assertEquals(AnswerFormat.PLAIN, setting.formatOf(Optional.of("text")));
    assertEquals(AnswerFormat.PLAIN, setting.formatOf(Optional.empty()));
    assertEquals("qwen-coder", FormatSetting.text(FormatSetting.ToolCalls.QWEN_CODER));
  }

  @Test
  void whatAModelCannotDoIsRefused() {
    var calls =
        new AnswerParsers(new AnswerFormat(Optional.of(ToolCallFormat.HERMES), Optional.empty()));
    calls.requireOffered(asking(ToolChoice.AUTO));
    calls.requireOffered(asking(ToolChoice.NONE));
    AnswerParsers.PLAIN.requireOffered(asking(ToolChoice.NONE));

    assertRefused("tools: set", () -> AnswerParsers.PLAIN.requireOffered(asking(ToolChoice.AUTO)));
  }

  @Test
  void aCallThatAnEngineCannotEnforceIsRefused() {
    var calls =
        new AnswerParsers(new AnswerFormat(Optional.of(ToolCallFormat.HERMES), Optional.empty()));
    calls.requireFreeChoice(asking(ToolChoice.AUTO));
    assertRefused(
        "tool_choice: required", () -> calls.requireFreeChoice(asking(ToolChoice.REQUIRED)));
    assertRefused(
        "tool_choice: time",
        () -> calls.requireFreeChoice(asking(new ToolChoice.Function("time"))));
    assertEquals(Optional.empty(), calls.requiredCall(asking(ToolChoice.AUTO)));
    assertTrue(calls.requiredCall(asking(ToolChoice.REQUIRED)).isPresent());
  }

  private static void assertRefused(String beginning, Executable call) {
    FailureException refused = assertThrows(FailureException.class, call);
    assertEquals(FailureCode.INVALID_REQUEST, refused.failure().code());
    String message = refused.failure().message();
    assertEquals(beginning, message.substring(0, beginning.length()));
  }

  private static Payload asking(ToolChoice choice) {
    var time = new ToolDefinition("time", "", "", false);
    return new Payload.Chat(
        List.of(new ChatMessage("user", "?")),
        new ToolOptions(List.of(time), choice, true),
        Optional.empty());
  }
}
