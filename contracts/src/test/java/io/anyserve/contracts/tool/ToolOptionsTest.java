package io.anyserve.contracts.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.ChatMessage;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ToolOptionsTest {

  private static final ToolDefinition TIME = new ToolDefinition("time", "", "", false);

  @ParameterizedTest
  @ValueSource(strings = {"", "get time", "größe", "a.b", "x\n"})
  void namesOfFunctionsAreChecked(String name) {
    assertRefused("tool.name: ", () -> new ToolDefinition(name, "", "", false));
    assertRefused("tool.name: ", () -> new ToolDefinition("x".repeat(65), "", "", false));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "1", "{\"type\":", "nothing", "{} {"})
  void aSchemaIsAJsonObject(String schema) {
    assertRefused("tool.parameters: ", () -> new ToolDefinition("time", "", schema, false));
  }

  @Test
  void aSchemaHasALimit() {
    String large = "{\"description\": \"" + "x".repeat(ToolDefinition.LARGEST_SCHEMA) + "\"}";

    assertRefused("tool.parameters: ", () -> new ToolDefinition("time", "", large, false));
  }

  @Test
  void aRequestHasAtMost128ToolsAndEachNameOnce() {
    List<ToolDefinition> many =
        IntStream.rangeClosed(0, ToolOptions.MOST)
            .mapToObj(i -> new ToolDefinition("f" + i, "", "", false))
            .toList();

    assertRefused("tools: 129 tools", () -> new ToolOptions(many, ToolChoice.AUTO, true));
    assertRefused(
        "tools: time (expected: each name once)",
        () -> new ToolOptions(List.of(TIME, TIME), ToolChoice.AUTO, true));
  }

  @Test
  void aChoiceNeedsItsTool() {
    assertRefused(
        "tool_choice: other (expected: the name of a tool)",
        () -> new ToolOptions(List.of(TIME), new ToolChoice.Function("other"), true));
    assertRefused(
        "tool_choice: required", () -> new ToolOptions(List.of(), ToolChoice.REQUIRED, true));
  }

  @Test
  void theModelMayCallUnlessThereIsNothingToCallOrTheChoiceIsNone() {
    assertTrue(new ToolOptions(List.of(TIME), ToolChoice.AUTO, true).callable());
    assertFalse(new ToolOptions(List.of(TIME), ToolChoice.NONE, true).callable());
    assertFalse(ToolOptions.NONE.callable());
  }

  @Test
  void fieldsOfAMessageBelongToItsRole() {
    var call = new ToolCall("call_1", "time", "{}");
    assertRefused(
        "message.tool_calls: of role user",
        () -> new ChatMessage("user", "", "", List.of(call), "", ""));
    assertRefused(
        "message.tool_call_id: of role assistant",
        () -> new ChatMessage("assistant", "", "", List.of(), "call_1", ""));
    assertRefused(
        "message.reasoning: of role tool",
        () -> new ChatMessage("tool", "", "hm", List.of(), "", ""));
    assertRefused("tool_call.id: ", () -> new ToolCall("a\nb", "time", "{}"));
  }

  private static void assertRefused(String beginning, Executable makes) {
    String message =
        String.valueOf(assertThrows(IllegalArgumentException.class, makes).getMessage());
    assertEquals(beginning, message.substring(0, Math.min(beginning.length(), message.length())));
  }
}
