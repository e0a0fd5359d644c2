package io.anyserve.contracts.answer;

import java.util.List;
import java.util.stream.Stream;

/**
 * What comes next of an answer, in this order: reasoning, text, tool calls.
 *
 * @param text what the caller sees as the answer
 * @param reasoning what the model thought
 */
public record AnswerDelta(String text, String reasoning, List<ToolCallDelta> toolCalls) {

  public static final AnswerDelta NOTHING = new AnswerDelta("", "", List.of());

  public AnswerDelta {
    toolCalls = List.copyOf(toolCalls);
  }

  /** Only text. */
  public static AnswerDelta text(String text) {
    return text.isEmpty() ? NOTHING : new AnswerDelta(text, "", List.of());
  }

  /** Both, one behind the other. */
  public AnswerDelta plus(AnswerDelta next) {
    if (isEmpty()) {
      return next;
    }
    return next.isEmpty()
        ? this
        : new AnswerDelta(
            text + next.text,
            reasoning + next.reasoning,
            Stream.concat(toolCalls.stream(), next.toolCalls.stream()).toList());
  }

  /** The same with another text. */
  public AnswerDelta with(String other) {
    return reasoning.isEmpty() && toolCalls.isEmpty()
        ? text(other)
        : new AnswerDelta(other, reasoning, toolCalls);
  }

  public boolean isEmpty() {
    return text.isEmpty() && reasoning.isEmpty() && toolCalls.isEmpty();
  }

  /** Characters of all parts. */
  public int length() {
    int length = text.length() + reasoning.length();
    for (ToolCallDelta call : toolCalls) {
      length += call.id().length() + call.name().length() + call.arguments().length();
    }
    return length;
  }
}
