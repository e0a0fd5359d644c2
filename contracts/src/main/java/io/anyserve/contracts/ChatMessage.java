package io.anyserve.contracts;

import io.anyserve.contracts.validation.Preconditions;
import java.util.Set;

/** One turn of a conversation. */
public record ChatMessage(String role, String content) {

  private static final Set<String> ROLES = Set.of("system", "user", "assistant", "tool");

  public ChatMessage {
    Preconditions.that(
        ROLES.contains(role),
        "message.role",
        Preconditions.printable(role),
        "system, user, assistant or tool");
    Preconditions.text("message.content", content);
  }
}
