package io.anyserve.ingress.openai.response;

import io.anyserve.contracts.ChatMessage;
import io.anyserve.contracts.tool.ToolCall;
import io.anyserve.contracts.tool.ToolOptions;
import java.util.ArrayList;
import java.util.List;

/** One item of a response's input. */
public sealed interface InputItem {

  /**
   * A message.
   *
   * @param role "system", "developer", "user" or "assistant"
   * @param texts of its parts
   */
  record Message(String role, List<String> texts) implements InputItem {

    public Message {
      texts = List.copyOf(texts);
    }
  }

  /** What the assistant called. */
  record FunctionCall(String callId, String name, String arguments) implements InputItem {}

  /**
   * What a function gave back.
   *
   * @param texts of its parts
   */
  record FunctionCallOutput(String callId, List<String> texts) implements InputItem {

    public FunctionCallOutput {
      texts = List.copyOf(texts);
    }
  }

  /** What the assistant thought. */
  record Reasoning(List<String> texts) implements InputItem {

    public Reasoning {
      texts = List.copyOf(texts);
    }
  }

  /**
   * As models read them: {@code developer} is {@code system}, line breaks join parts, and what the
   * assistant thought, said and called before the next item of another is one message.
   */
  static List<ChatMessage> messages(List<InputItem> items) {
    var turns = new Turns();
    for (InputItem item : items) {
      switch (item) {
        case Message(String role, List<String> texts) -> turns.message(role, join(texts));
        case FunctionCall(String id, String name, String arguments) ->
            turns.call(new ToolCall(id, name, arguments));
        case FunctionCallOutput(String id, List<String> texts) ->
            turns.add(ChatMessage.toolResult(id, join(texts)));
        case Reasoning(List<String> texts) -> turns.reasoning(join(texts));
      }
    }
    return turns.end();
  }

  private static String join(List<String> texts) {
    return String.join("\n", texts);
  }

  /** Puts the messages of the assistant together. */
  final class Turns {

    private final List<ChatMessage> messages = new ArrayList<>();
    private final List<ToolCall> calls = new ArrayList<>();
    private String reasoning = "";
    private String text = "";
    private boolean spoken;

    private Turns() {}

    private void message(String role, String content) {
      if (!role.equals("assistant")) {
        add(new ChatMessage(role.equals("developer") ? "system" : role, content));
        return;
      }
      if (spoken || !calls.isEmpty()) {
        flush();
      }
      spoken = true;
      text = content;
    }

    private void call(ToolCall call) {
      if (calls.size() == ToolOptions.MOST) {
        flush();
      }
      calls.add(call);
    }

    private void reasoning(String thought) {
      if (spoken || !calls.isEmpty()) {
        flush();
      }
      reasoning = reasoning.isEmpty() ? thought : reasoning + "\n" + thought;
    }

    private void add(ChatMessage message) {
      flush();
      messages.add(message);
    }

    /** Nothing is left of reasoning that nothing follows. */
    private void flush() {
      if (spoken || !calls.isEmpty()) {
        messages.add(ChatMessage.assistant(text, reasoning, calls));
      }
      calls.clear();
      reasoning = "";
      text = "";
      spoken = false;
    }

    private List<ChatMessage> end() {
      flush();
      return List.copyOf(messages);
    }
  }
}
