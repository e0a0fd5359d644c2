package io.anyserve.contracts;

import io.anyserve.contracts.validation.Preconditions;
import java.util.Set;

/** One turn of a conversation. */
public record ChatMessage(String role, String content) {

  private static final Set<String> ROLES = Set.of("system", "user", "assistant", "tool");

  public ChatMessage {
    checkRole(role);
    Preconditions.text("message.content", content);
  }

  /** Throws IllegalArgumentException where it is no role. */
  public static void checkRole(String role) {
    Preconditions.that(
        ROLES.contains(role),
        "message.role",
        Preconditions.printable(role),
        "system, user, assistant or tool");
  }
}
