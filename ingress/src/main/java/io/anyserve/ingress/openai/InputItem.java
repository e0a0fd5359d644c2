package io.anyserve.ingress.openai;

import io.anyserve.contracts.ChatMessage;
import java.util.List;

/**
 * One message of a response's input.
 *
 * @param role "system", "developer", "user" or "assistant"
 * @param texts of its parts
 */
public record InputItem(String role, List<String> texts) {

  public InputItem {
    texts = List.copyOf(texts);
  }

  /** As models read it: {@code developer} is {@code system}, and line breaks join the parts. */
  public ChatMessage message() {
    return new ChatMessage(role.equals("developer") ? "system" : role, String.join("\n", texts));
  }
}
