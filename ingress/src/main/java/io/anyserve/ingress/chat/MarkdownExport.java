package io.anyserve.ingress.chat;

import io.anyserve.contracts.conversation.Conversation;
import io.anyserve.contracts.conversation.ConversationMessage;
import io.anyserve.contracts.conversation.MessageOrigin;
import java.util.List;
import java.util.Locale;

/** A path of a conversation as Markdown. Texts stay as they are: what models write is Markdown. */
final class MarkdownExport {

  private MarkdownExport() {}

  static String of(Conversation conversation, List<ConversationMessage> path) {
    StringBuilder text = new StringBuilder();
    text.append("# ").append(title(conversation)).append('\n');
    for (ConversationMessage message : path) {
      text.append("\n## ").append(speaker(message)).append("\n\n");
      text.append(ConversationJson.text(message).strip()).append('\n');
    }
    return text.toString();
  }

  private static String title(Conversation conversation) {
    return conversation.title().isBlank() ? "Conversation" : conversation.title();
  }

  private static String speaker(ConversationMessage message) {
    String role = message.role();
    String name = role.substring(0, 1).toUpperCase(Locale.ROOT) + role.substring(1);
    return message
        .generation()
        .map(MessageOrigin::model)
        .map(model -> name + " (" + model + ")")
        .orElse(name);
  }
}
