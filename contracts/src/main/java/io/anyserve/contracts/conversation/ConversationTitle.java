package io.anyserve.contracts.conversation;

import io.anyserve.contracts.Payload;

/** The title of a conversation that nobody named: the beginning of what a user wrote. */
final class ConversationTitle {

  private static final int CHARACTERS = 60;

  private ConversationTitle() {}

  /** Empty where the message is no text of a user. */
  static String of(ConversationMessage message) {
    return message.role().equals("user") && message.content() instanceof Payload.Text(String text)
        ? beginning(text)
        : "";
  }

  private static String beginning(String text) {
    String line =
        text.strip().lines().findFirst().orElse("").replaceAll("\\p{Cc}", " ").stripTrailing();
    return line.codePointCount(0, line.length()) <= CHARACTERS
        ? line
        : line.substring(0, line.offsetByCodePoints(0, CHARACTERS)) + "...";
  }
}
