package io.anyserve.worker.simulated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.ChatMessage;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.sampling.GenerationParameters;
import io.anyserve.contracts.tool.ToolChoice;
import io.anyserve.contracts.tool.ToolDefinition;
import io.anyserve.contracts.tool.ToolOptions;
import io.anyserve.worker.engine.Continuation;
import io.anyserve.worker.engine.Continuation.Answer;
import io.anyserve.worker.engine.EngineConfig;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class SimulatedToolCallsTest {

  private static final ToolDefinition WEATHER =
      new ToolDefinition(
          "weather",
          "",
          """
          {"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer"},
           "exact": {"type": "boolean"}, "parts": {"type": "array"}, "more": {"type": "object"}}}""",
          false);
  private static final ChatMessage QUESTION = new ChatMessage("user", "Weather in \"Köln\"?");

  @Test
  void theFirstToolIsCalledAndTheAnswerGoesOnWhereverItIsCut() {
    Answer answer = check(chat(ToolChoice.AUTO, Optional.of(true), QUESTION));

    assertEquals(FinishReason.TOOL_CALLS, answer.reason());
    String all = String.join("\n", answer.events());
    assertTrue(all.contains("reasoning=The"), all);
    assertTrue(all.contains("name=weather"), all);
  }

  @Test
  void whatAToolGaveBackIsAnsweredByWords() {
    Answer answer =
        check(
            chat(ToolChoice.AUTO, Optional.empty(), QUESTION, ChatMessage.toolResult("c", "hot")));

    assertEquals(FinishReason.LENGTH, answer.reason());
  }

  @Test
  void noToolIsCalledWhereTheChoiceIsNone() {
    assertEquals(
        FinishReason.LENGTH, check(chat(ToolChoice.NONE, Optional.of(false), QUESTION)).reason());
  }

  @Test
  void aChoiceThatCannotBeKeptIsRefused() {
    assertThrows(
        FailureException.class, () -> check(chat(ToolChoice.REQUIRED, Optional.empty(), QUESTION)));
  }

  private static Payload chat(
      ToolChoice choice, Optional<Boolean> thinking, ChatMessage... messages) {
    return new Payload.Chat(
        List.of(messages), new ToolOptions(List.of(WEATHER), choice, true), thinking);
  }

  private static Answer check(Payload input) {
    var engine =
        new SimulatedFactory(() -> 0)
            .open(new EngineConfig("simulated", "words", 4, Map.of()))
            .load();
    return new Continuation(engine).check(input, GenerationParameters.greedy(60));
  }
}
