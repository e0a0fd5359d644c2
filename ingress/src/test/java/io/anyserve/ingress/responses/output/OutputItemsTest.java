package io.anyserve.ingress.responses.output;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.contracts.ChatMessage;
import io.anyserve.contracts.answer.AnswerDelta;
import io.anyserve.contracts.answer.ToolCallDelta;
import io.anyserve.contracts.tool.ToolCall;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class OutputItemsTest {

  private final OutputItems items = new OutputItems();
  private final List<String> steps = new ArrayList<>();

  @Test
  void itemsComeInTheOrderInWhichTheyBegan() {
    add("", "Hm", call(0, "look", ""));
    add("I ", "");
    add("look.", "", call(1, "look", "{"), call(2, "read", "{}"));
    assertEquals(
        List.of(
            "+rs 0",
            "rs 0 Hm",
            "-rs 0 Hm",
            "+fc 1",
            "-fc 1 ",
            "+msg 2",
            "msg 2 I ",
            "msg 2 look.",
            "-msg 2 I look.",
            "+fc 3",
            "fc 3 {",
            "-fc 3 {",
            "+fc 4",
            "fc 4 {}"),
        steps);
  }

  @Test
  void whatAnOpenCallStillGetsComesBeforeTextBehindIt() {
    add("", "", call(0, "look", "{"));
    add("Done.", "", piece(0, "}"));
    assertEquals(List.of("+fc 0", "fc 0 {", "fc 0 }", "-fc 0 {}", "+msg 1", "msg 1 Done."), steps);
    assertEquals(
        List.of(ChatMessage.assistant("Done.", "", List.of(new ToolCall("call_0", "look", "{}")))),
        OutputItem.messages(items.items()));
  }

  @Test
  void nothingIsNoMessage() {
    add("", "");
    add("", "", piece(0, "}"));
    assertEquals(List.of(), steps);
    assertEquals(List.of(), OutputItem.messages(items.items()));
  }

  private static ToolCallDelta call(int index, String name, String arguments) {
    return new ToolCallDelta(index, "call_" + index, name, arguments);
  }

  private static ToolCallDelta piece(int index, String arguments) {
    return new ToolCallDelta(index, "", "", arguments);
  }

  private void add(String text, String reasoning, ToolCallDelta... calls) {
    for (OutputStep step : items.add(new AnswerDelta(text, reasoning, List.of(calls)))) {
      steps.add(
          switch (step) {
            case OutputStep.Begun(int index, OutputItem item) -> "+" + kind(item) + " " + index;
            case OutputStep.Grown(int index, OutputItem item, String piece) ->
                kind(item) + " " + index + " " + piece;
            case OutputStep.Ended(int index, OutputItem item) ->
                "-" + kind(item) + " " + index + " " + item.content();
          });
    }
  }

  private static String kind(OutputItem item) {
    return switch (item) {
      case OutputItem.Reasoning _ -> "rs";
      case OutputItem.Message _ -> "msg";
      case OutputItem.FunctionCall _ -> "fc";
    };
  }
}
