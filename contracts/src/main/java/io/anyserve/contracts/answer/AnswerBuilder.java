package io.anyserve.contracts.answer;

import io.anyserve.contracts.ChatMessage;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.tool.ToolCall;
import java.util.ArrayList;
import java.util.List;

/** Puts the pieces of an answer together. Owned by one thread at a time. */
public final class AnswerBuilder {

  private final StringBuilder text = new StringBuilder();
  private final StringBuilder reasoning = new StringBuilder();
  private final List<Call> calls = new ArrayList<>(0);

  private record Call(String id, String name, StringBuilder arguments) {}

  /** The next piece. A piece of a call that never began is left out. */
  public AnswerBuilder add(AnswerDelta delta) {
    text.append(delta.text());
    reasoning.append(delta.reasoning());
    delta.toolCalls().forEach(this::add);
    return this;
  }

  private void add(ToolCallDelta delta) {
    if (delta.index() == calls.size() && delta.first()) {
      calls.add(new Call(delta.id(), delta.name(), new StringBuilder()));
    }
    if (delta.index() < calls.size()) {
      calls.get(delta.index()).arguments.append(delta.arguments());
    }
  }

  public String text() {
    return text.toString();
  }

  public String reasoning() {
    return reasoning.toString();
  }

  /** The calls so far; the last one may be incomplete. */
  public List<ToolCall> toolCalls() {
    return calls.stream()
        .map(call -> new ToolCall(call.id, call.name, call.arguments.toString()))
        .toList();
  }

  /** The answer as one delta: what follows it continues it. */
  public AnswerDelta soFar() {
    List<ToolCallDelta> deltas = new ArrayList<>(calls.size());
    for (Call call : calls) {
      deltas.add(new ToolCallDelta(deltas.size(), call.id, call.name, call.arguments.toString()));
    }
    return new AnswerDelta(text(), reasoning(), deltas);
  }

  /** The whole answer: text, or a conversation of one message where there is more than text. */
  public Payload payload() {
    if (reasoning.isEmpty() && calls.isEmpty()) {
      return new Payload.Text(text());
    }
    return new Payload.Chat(List.of(ChatMessage.assistant(text(), reasoning(), toolCalls())));
  }
}
