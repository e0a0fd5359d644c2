package io.anyserve.ingress.responses.output;

import io.anyserve.contracts.ChatMessage;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.tool.ToolCall;
import java.util.ArrayList;
import java.util.List;

/** One item of a response's output; the first of its kind has the number 0. */
public sealed interface OutputItem {

  /** What the model thought. */
  record Reasoning(int number, String text) implements OutputItem {}

  /** What the caller sees as the answer. */
  record Message(int number, String text) implements OutputItem {}

  /**
   * A function that the model calls.
   *
   * @param callId by which its result is sent back
   */
  record FunctionCall(int number, String callId, String name, String arguments)
      implements OutputItem {}

  int number();

  /** An answer of text alone. */
  static List<OutputItem> text(String text) {
    return List.of(new Message(0, text));
  }

  /** The id of the item in the response of that request. */
  default String id(RequestId request) {
    String kind =
        switch (this) {
          case Reasoning _ -> "rs_";
          case Message _ -> "msg_";
          case FunctionCall _ -> "fc_";
        };
    return kind + request + (number() == 0 ? "" : "_o" + number());
  }

  /** What comes in pieces. */
  default String content() {
    return switch (this) {
      case Reasoning(int _, String text) -> text;
      case Message(int _, String text) -> text;
      case FunctionCall(int _, String _, String _, String arguments) -> arguments;
    };
  }

  /** The same with other content. */
  default OutputItem with(String content) {
    return switch (this) {
      case Reasoning(int number, String _) -> new Reasoning(number, content);
      case Message(int number, String _) -> new Message(number, content);
      case FunctionCall(int number, String callId, String name, String _) ->
          new FunctionCall(number, callId, name, content);
    };
  }

  /** As one message of a conversation; none where there is neither text nor a call. */
  static List<ChatMessage> messages(List<OutputItem> items) {
    var reasoning = new StringBuilder();
    var text = new StringBuilder();
    List<ToolCall> calls = new ArrayList<>();
    for (OutputItem item : items) {
      switch (item) {
        case Reasoning(int _, String thought) -> reasoning.append(thought);
        case Message(int _, String said) -> text.append(said);
        case FunctionCall(int _, String id, String name, String arguments) ->
            calls.add(new ToolCall(id, name, arguments));
      }
    }
    var message = ChatMessage.assistant(text.toString(), reasoning.toString(), calls);
    return message.isEmpty() ? List.of() : List.of(message);
  }
}
