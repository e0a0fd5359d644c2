package io.anyserve.contracts.answer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.contracts.ChatMessage;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.tool.ToolCall;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AnswerBuilderTest {

  private static final ToolCallDelta BEGINS = new ToolCallDelta(0, "call_1", "time", "{\"in\":");
  private static final ToolCallDelta ENDS = new ToolCallDelta(0, "", "", " 1}");
  private static final ToolCallDelta SECOND = new ToolCallDelta(1, "call_2", "time", "{}");

  @Test
  void textAloneIsText() {
    var answer = new AnswerBuilder().add(AnswerDelta.text("a")).add(AnswerDelta.text("b"));

    assertEquals(new Payload.Text("ab"), answer.payload());
    assertEquals(AnswerDelta.text("ab"), answer.soFar());
  }

  @Test
  void callsArePutTogetherByTheirIndex() {
    var answer =
        new AnswerBuilder()
            .add(new AnswerDelta("", "hm", List.of()))
            .add(new AnswerDelta("a", "", List.of(BEGINS)))
            .add(new AnswerDelta("", "", List.of(ENDS, SECOND)));

    assertEquals(
        new Payload.Chat(
            List.of(
                ChatMessage.assistant(
                    "a",
                    "hm",
                    List.of(
                        new ToolCall("call_1", "time", "{\"in\": 1}"),
                        new ToolCall("call_2", "time", "{}"))))),
        answer.payload());
  }

  @Test
  void aBuilderGoesOnFromWhatAnotherHad() {
    var first = new AnswerBuilder().add(new AnswerDelta("a", "hm", List.of(BEGINS)));
    var second =
        new AnswerBuilder().add(first.soFar()).add(new AnswerDelta("", "", List.of(ENDS, SECOND)));

    assertEquals("{\"in\": 1}", second.toolCalls().getFirst().arguments());
    assertEquals(2, second.toolCalls().size());
    assertEquals("hm", second.reasoning());
  }

  @Test
  void piecesOfACallThatNeverBeganAreLeftOut() {
    var answer = new AnswerBuilder().add(new AnswerDelta("", "", List.of(ENDS, SECOND)));

    assertEquals(List.of(), answer.toolCalls());
  }
}
