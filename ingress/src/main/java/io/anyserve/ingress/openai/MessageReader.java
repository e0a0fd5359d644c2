package io.anyserve.ingress.openai;

import io.anyserve.contracts.image.ImageLimits;
import io.anyserve.v1.ChatMessage;
import io.anyserve.v1.ChatMessages;
import io.anyserve.v1.ContentPart;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * Reads a conversation: messages of text, images and tool calls, the tools, and whether the model
 * is to think. Throws {@link ApiException}.
 */
final class MessageReader {

  private static final String ROLE = "role";
  private static final String CONTENT = "content";
  private static final String ASSISTANT = "assistant";
  private static final String TOOL = "tool";
  private static final String NAME = "name";
  private static final String TOOL_CALLS = "tool_calls";
  private static final String TOOL_CALL_ID = "tool_call_id";
  private static final String EFFORT = "reasoning_effort";

  private MessageReader() {}

  static ChatMessages read(BodyFields body) {
    ChatMessages.Builder messages = ChatMessages.newBuilder();
    List<BodyFields> all = body.objects("messages");
    if (all.isEmpty()) {
      throw BodyFields.invalid("messages", "messages: none (expected: at least one)");
    }
    all.forEach(message -> messages.addMessages(message(message)));
    requireCount(messages);
    ToolReader.ofChat(body, messages);
    thinking(body).ifPresent(messages::setThinking);
    return messages.build();
  }

  private static void requireCount(ChatMessages.Builder messages) {
    long images =
        messages.getMessagesList().stream()
            .flatMap(message -> message.getPartsList().stream())
            .filter(ContentPart::hasImage)
            .count();
    ToolReader.checked("messages", () -> ImageLimits.requireCount("messages", images));
  }

  private static ChatMessage message(BodyFields message) {
    ParameterTable.MESSAGE.check(message);
    String role = role(message);
    ChatMessage.Builder read = ChatMessage.newBuilder().setRole(role);
    content(message, role, read);
    message.text(NAME).ifPresent(read::setName);
    if (role.equals(ASSISTANT)) {
      message
          .text("reasoning")
          .or(() -> message.text("reasoning_content"))
          .ifPresent(read::setReasoning);
      if (message.value(TOOL_CALLS).isPresent()) {
        message.objects(TOOL_CALLS).forEach(call -> read.addToolCalls(toolCall(call)));
      }
    } else {
      refuse(message, TOOL_CALLS, ASSISTANT);
    }
    if (role.equals(TOOL)) {
      read.setToolCallId(ToolReader.callId(message, TOOL_CALL_ID));
    } else {
      refuse(message, TOOL_CALL_ID, TOOL);
    }
    return read.build();
  }

  private static void refuse(BodyFields message, String name, String role) {
    message
        .value(name)
        .filter(value -> !value.isArray() || !value.isEmpty())
        .ifPresent(
            value -> {
              throw BodyFields.refused(message.at(name), value, "only in a message of the " + role);
            });
  }

  private static String role(BodyFields message) {
    String role = message.requiredText(ROLE);
    return switch (role) {
      case "system", "developer" -> "system";
      case "user", ASSISTANT, TOOL -> role;
      default ->
          throw BodyFields.invalid(
              message.at(ROLE),
              "%s: %s (expected: system, developer, user, assistant or tool)"
                  .formatted(message.at(ROLE), BodyFields.printable(role)));
    };
  }

  /** Clients send an answer without text back as null. */
  private static void content(BodyFields message, String role, ChatMessage.Builder read) {
    if (role.equals(ASSISTANT) && message.value(CONTENT).isEmpty()) {
      return;
    }
    JsonNode content =
        message
            .value(CONTENT)
            .orElseThrow(
                () ->
                    message.missing(
                        CONTENT, "a string in a message of the " + message.requiredText(ROLE)));
    BodyFields.check(
        content.isString() || content.isArray(),
        message.at(CONTENT),
        content,
        "a string or an array of parts");
    if (content.isString()) {
      read.setContent(BodyFields.text(message.at(CONTENT), content));
      return;
    }
    List<ContentPart> parts = ContentPartReader.read(message, role);
    if (ContentPartReader.hasImage(parts)) {
      read.addAllParts(parts);
    } else {
      read.setContent(parts.stream().map(ContentPart::getText).collect(Collectors.joining("\n")));
    }
  }

  private static io.anyserve.v1.ToolCall toolCall(BodyFields call) {
    ToolReader.requireFunction(call);
    ParameterTable.TOOL_CALL.check(call);
    BodyFields function = ToolReader.function(call);
    ParameterTable.CALLED_FUNCTION.check(function);
    return io.anyserve.v1.ToolCall.newBuilder()
        .setId(ToolReader.callId(call, "id"))
        .setName(ToolReader.name(function))
        .setArguments(function.requiredText("arguments"))
        .build();
  }

  /** By either parameter; both must say the same. */
  private static Optional<Boolean> thinking(BodyFields body) {
    Optional<Boolean> byOptions = body.object("chat_template_kwargs").flatMap(MessageReader::asked);
    Optional<String> effort = body.text(EFFORT);
    if (effort.isEmpty()) {
      return byOptions;
    }
    if (!effort.get().equals("none") || byOptions.orElse(false)) {
      throw new ApiException(
          ApiError.unsupported(
              EFFORT,
              EFFORT
                  + ": "
                  + BodyFields.printable(effort.get())
                  + " is not offered (expected: none, without enable_thinking, or no such"
                  + " parameter)"));
    }
    return Optional.of(false);
  }

  private static Optional<Boolean> asked(BodyFields options) {
    ParameterTable.TEMPLATE_OPTIONS.check(options);
    String name = options.value("enable_thinking").isPresent() ? "enable_thinking" : "thinking";
    return options.value(name).isPresent() ? Optional.of(options.flag(name)) : Optional.empty();
  }
}
