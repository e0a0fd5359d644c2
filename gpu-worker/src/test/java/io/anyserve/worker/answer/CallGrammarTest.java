package io.anyserve.worker.answer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.answer.AnswerDelta;
import io.anyserve.contracts.answer.ToolCallDelta;
import io.anyserve.contracts.tool.ToolChoice;
import io.anyserve.contracts.tool.ToolDefinition;
import io.anyserve.contracts.tool.ToolOptions;
import io.anyserve.grammar.GrammarState;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CallGrammarTest {

  private static final ToolDefinition WEATHER =
      new ToolDefinition(
          "weather",
          "",
          "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}},"
              + "\"required\":[\"city\"],\"additionalProperties\":false}",
          false);
  private static final ToolDefinition CLOCK = new ToolDefinition("clock", "", "", false);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "HERMES|<tool_call>\\n{\"name\": \"weather\", \"arguments\": ARGUMENTS}\\n</tool_call>",
        "LLAMA|{\"name\": \"weather\", \"parameters\": ARGUMENTS}",
        "MISTRAL|[TOOL_CALLS][{\"name\": \"weather\", \"arguments\": ARGUMENTS}]"
      })
  void anAnswerIsOneCallThatTheParserReads(ToolCallFormat format, String answer) {
    var tools = new ToolOptions(List.of(WEATHER, CLOCK), ToolChoice.REQUIRED, true);
    var grammar = new CallGrammar(format, tools).compile();
    String arguments = "{\"city\": \"Paris\"}";
    String text = answer.replace("\\n", "\n").replace("ARGUMENTS", arguments);

    GrammarState end = grammar.start().advance(text.getBytes(UTF_8));
    assertTrue(end.mayEnd(), text);
    assertTrue(end.mustEnd());
    var answerFormat = new AnswerFormat(Optional.of(format), Optional.empty());
    var parser = new AnswerParser(answerFormat, tools, false);
    AnswerDelta read = parser.push(text).plus(parser.flush());
    assertEquals("weather", read.toolCalls().getFirst().name());
    assertEquals(
        arguments,
        read.toolCalls().stream().map(ToolCallDelta::arguments).collect(Collectors.joining()));

    for (String wrong :
        List.of(
            "Sure! " + text,
            text + " ",
            text.replace("weather", "rain"),
            text.replace("city", "town"),
            text.replace("\"Paris\"", "7"))) {
      assertFalse(grammar.start().advance(wrong.getBytes(UTF_8)).mayEnd(), wrong);
    }
  }

  @Test
  void argumentsThatAreNoJsonFitTheSchemaTogether() {
    var tools = new ToolOptions(List.of(WEATHER, CLOCK), ToolChoice.REQUIRED, true);
    GrammarState start = new CallGrammar(ToolCallFormat.QWEN_CODER, tools).compile().start();
    String text =
        "<tool_call>\n<function=weather>\n<parameter=city>\nParis\n</parameter>\n</function>"
            + "\n</tool_call>";
    assertTrue(start.advance(text.getBytes(UTF_8)).mustEnd());
    String without = "<tool_call>\n<function=weather>\n</function>";
    assertTrue(start.advance(without.getBytes(UTF_8)).failed());
  }

  @Test
  void aToolByNameIsTheOnlyOne() {
    var tools = new ToolOptions(List.of(WEATHER, CLOCK), new ToolChoice.Function("clock"), true);
    GrammarState start = new CallGrammar(ToolCallFormat.LLAMA, tools).compile().start();
    assertTrue(start.advance("{\"name\": \"clock\", \"parameters\": {}}".getBytes(UTF_8)).mayEnd());
    assertTrue(start.advance("{\"name\": \"weather".getBytes(UTF_8)).failed());
  }

  @Test
  void whatCannotBeEnforcedIsRefused() {
    var odd = new ToolDefinition("odd", "", "{\"type\":\"object\",\"not\":{}}", false);
    var unsupported = new ToolOptions(List.of(odd), ToolChoice.REQUIRED, true);
    assertRefused(new CallGrammar(ToolCallFormat.HERMES, unsupported), "tools: odd: ");
  }

  private static void assertRefused(CallGrammar call, String message) {
    FailureException refusal = assertThrows(FailureException.class, call::compile);
    assertEquals(FailureCode.INVALID_REQUEST, refusal.failure().code());
    assertTrue(refusal.failure().message().contains(message), refusal.failure().message());
  }
}
