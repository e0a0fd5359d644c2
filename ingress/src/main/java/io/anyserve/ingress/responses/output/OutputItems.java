package io.anyserve.ingress.responses.output;

import io.anyserve.contracts.answer.AnswerDelta;
import io.anyserve.contracts.answer.ToolCallDelta;
import java.util.ArrayList;
import java.util.List;

/**
 * The items of an output so far, in the order in which they began. An item ends where the next one
 * begins, so text behind a call is a message of its own. A function of the answer's pieces. Owned
 * by one thread at a time.
 */
public final class OutputItems {

  private final List<Part> parts = new ArrayList<>();
  private List<OutputStep> steps = new ArrayList<>();
  private int thoughts;
  private int messages;
  private int calls;

  /** An item without its content, and the content. */
  private record Part(OutputItem item, StringBuilder content) {

    private OutputItem whole() {
      return item.with(content.toString());
    }
  }

  /** What the next piece does, in order. What it adds to a call that is open comes first. */
  public List<OutputStep> add(AnswerDelta delta) {
    delta.toolCalls().stream().filter(call -> !call.first()).forEach(this::grow);
    if (!delta.reasoning().isEmpty()) {
      if (!(last() instanceof OutputItem.Reasoning)) {
        begin(new OutputItem.Reasoning(thoughts++, ""));
      }
      grow(parts.size() - 1, delta.reasoning());
    }
    if (!delta.text().isEmpty()) {
      if (!(last() instanceof OutputItem.Message)) {
        begin(new OutputItem.Message(messages++, ""));
      }
      grow(parts.size() - 1, delta.text());
    }
    delta.toolCalls().stream().filter(ToolCallDelta::first).forEach(this::call);
    List<OutputStep> taken = steps;
    steps = new ArrayList<>();
    return taken;
  }

  /** All of them, the last perhaps incomplete. */
  public List<OutputItem> items() {
    return parts.stream().map(Part::whole).toList();
  }

  private Object last() {
    return parts.isEmpty() ? "" : parts.getLast().item;
  }

  private void call(ToolCallDelta delta) {
    begin(new OutputItem.FunctionCall(calls++, delta.id(), delta.name(), ""));
    grow(parts.size() - 1, delta.arguments());
  }

  /** A piece of a call that never began is left out. */
  private void grow(ToolCallDelta delta) {
    for (int i = parts.size() - 1; i >= 0; i--) {
      if (parts.get(i).item instanceof OutputItem.FunctionCall call
          && call.number() == delta.index()) {
        grow(i, delta.arguments());
      }
    }
  }

  private void begin(OutputItem item) {
    if (!parts.isEmpty()) {
      steps.add(new OutputStep.Ended(parts.size() - 1, parts.getLast().whole()));
    }
    steps.add(new OutputStep.Begun(parts.size(), item));
    parts.add(new Part(item, new StringBuilder()));
  }

  private void grow(int index, String piece) {
    if (!piece.isEmpty()) {
      Part part = parts.get(index);
      part.content.append(piece);
      steps.add(new OutputStep.Grown(index, part.item, piece));
    }
  }
}
