package io.anyserve.ingress.openai;

import io.anyserve.v1.ChatMessage;
import io.anyserve.v1.ChatMessages;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Reads the messages of a conversation: text alone. Throws {@link ApiException}. */
final class MessageReader {

  private static final String ROLE = "role";
  private static final String CONTENT = "content";
  private static final String ASSISTANT = "assistant";

  private MessageReader() {}

  static ChatMessages read(BodyFields body) {
    ChatMessages.Builder messages = ChatMessages.newBuilder();
    List<BodyFields> all = body.objects("messages");
    if (all.isEmpty()) {
      throw BodyFields.invalid("messages", "messages: none (expected: at least one)");
    }
    for (BodyFields message : all) {
      ParameterTable.MESSAGE.check(message);
      messages.addMessages(
          ChatMessage.newBuilder().setRole(role(message)).setContent(content(message)));
    }
    return messages.build();
  }

  private static String role(BodyFields message) {
    String role = message.requiredText(ROLE);
    return switch (role) {
      case "system", "developer" -> "system";
      case "user", ASSISTANT -> role;
      default ->
          throw BodyFields.invalid(
              message.at(ROLE),
              "%s: %s (expected: system, developer, user or assistant; tools are not offered)"
                  .formatted(message.at(ROLE), BodyFields.printable(role)));
    };
  }

  /** Clients send an answer without text back as null. */
  private static String content(BodyFields message) {
    String role = message.requiredText(ROLE);
    if (role.equals(ASSISTANT) && message.value(CONTENT).isEmpty()) {
      return "";
    }
    JsonNode content =
        message
            .value(CONTENT)
            .orElseThrow(() -> message.missing(CONTENT, "a string in a message of the " + role));
    BodyFields.check(
        content.isString() || content.isArray(),
        message.at(CONTENT),
        content,
        "a string or an array of text parts");
    return content.isString()
        ? BodyFields.text(message.at(CONTENT), content)
        : String.join("\n", parts(message));
  }

  private static List<String> parts(BodyFields message) {
    List<String> texts = new ArrayList<>();
    for (BodyFields part : message.objects(CONTENT)) {
      String type = part.requiredText("type");
      if (!type.equals("text")) {
        throw new ApiException(
            ApiError.unsupported(
                part.at("type"),
                "%s: %s is not offered (expected: text)"
                    .formatted(part.at("type"), BodyFields.printable(type))));
      }
      ParameterTable.TEXT_PART.check(part);
      texts.add(part.requiredText("text"));
    }
    return texts;
  }
}
