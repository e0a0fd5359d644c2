package io.anyserve.contracts.codec;

import com.google.protobuf.ByteString;
import io.anyserve.contracts.ChatMessage;
import io.anyserve.contracts.ObjectRef;
import io.anyserve.contracts.Payload.Chat;
import io.anyserve.contracts.answer.AnswerDelta;
import io.anyserve.contracts.answer.ToolCallDelta;
import io.anyserve.contracts.image.ContentPart;
import io.anyserve.contracts.tool.ToolCall;
import io.anyserve.contracts.tool.ToolChoice;
import io.anyserve.contracts.tool.ToolDefinition;
import io.anyserve.contracts.tool.ToolOptions;
import io.anyserve.v1.AutoToolChoice;
import io.anyserve.v1.ChatMessages;
import io.anyserve.v1.Image;
import io.anyserve.v1.NoToolChoice;
import io.anyserve.v1.RequiredToolChoice;
import java.util.List;
import java.util.Optional;

/** Conversations with their tools, and what models answer. */
public final class ChatCodec {

  private ChatCodec() {}

  static ChatMessages write(Chat chat) {
    var written = ChatMessages.newBuilder();
    chat.messages().forEach(message -> written.addMessages(write(message)));
    ToolOptions tools = chat.tools();
    tools.definitions().forEach(tool -> written.addTools(write(tool)));
    if (!tools.definitions().isEmpty() || !tools.choice().equals(ToolChoice.AUTO)) {
      written.setToolChoice(write(tools.choice()));
    }
    if (!tools.parallel()) {
      written.setParallelToolCalls(false);
    }
    chat.thinking().ifPresent(written::setThinking);
    return written.build();
  }

  /** Throws IllegalArgumentException naming the field that is wrong. */
  static Chat read(ChatMessages messages) {
    return new Chat(
        messages.getMessagesList().stream().map(ChatCodec::read).toList(),
        tools(messages),
        messages.hasThinking() ? Optional.of(messages.getThinking()) : Optional.empty());
  }

  /**
   * The tools of a conversation, whose messages may be missing. Throws IllegalArgumentException
   * naming the field that is wrong.
   */
  public static ToolOptions tools(ChatMessages messages) {
    return new ToolOptions(
        messages.getToolsList().stream().map(ChatCodec::read).toList(),
        messages.hasToolChoice() ? read(messages.getToolChoice()) : ToolChoice.AUTO,
        !messages.hasParallelToolCalls() || messages.getParallelToolCalls());
  }

  public static io.anyserve.v1.ChatMessage write(ChatMessage message) {
    var written =
        io.anyserve.v1.ChatMessage.newBuilder()
            .setRole(message.role())
            .setContent(message.content())
            .setReasoning(message.reasoning())
            .setToolCallId(message.toolCallId())
            .setName(message.name());
    message.toolCalls().forEach(call -> written.addToolCalls(write(call)));
    message.parts().forEach(part -> written.addParts(write(part)));
    return written.build();
  }

  /** Throws IllegalArgumentException naming the field that is wrong. */
  public static ChatMessage read(io.anyserve.v1.ChatMessage message) {
    return new ChatMessage(
        message.getRole(),
        message.getContent(),
        message.getReasoning(),
        message.getToolCallsList().stream().map(ChatCodec::read).toList(),
        message.getToolCallId(),
        message.getName(),
        message.getPartsList().stream().map(ChatCodec::read).toList());
  }

  private static io.anyserve.v1.ContentPart write(ContentPart part) {
    var written = io.anyserve.v1.ContentPart.newBuilder();
    switch (part) {
      case ContentPart.Text(String text) -> written.setText(text);
      case ContentPart.Image(ByteString data) -> written.setImage(Image.newBuilder().setData(data));
      case ContentPart.StoredImage(ObjectRef object) ->
          written.setImage(Image.newBuilder().setObject(PayloadCodec.write(object)));
    }
    return written.build();
  }

  private static ContentPart read(io.anyserve.v1.ContentPart part) {
    return switch (part.getPartCase()) {
      case TEXT -> new ContentPart.Text(part.getText());
      case IMAGE -> read(part.getImage());
      case PART_NOT_SET -> throw ProtobufParser.unset("part");
    };
  }

  private static ContentPart read(Image image) {
    return switch (image.getSourceCase()) {
      case DATA -> new ContentPart.Image(image.getData());
      case OBJECT -> new ContentPart.StoredImage(PayloadCodec.read(image.getObject()));
      case SOURCE_NOT_SET -> throw ProtobufParser.unset("part.image");
    };
  }

  public static io.anyserve.v1.ToolCall write(ToolCall call) {
    return io.anyserve.v1.ToolCall.newBuilder()
        .setId(call.id())
        .setName(call.name())
        .setArguments(call.arguments())
        .build();
  }

  private static ToolCall read(io.anyserve.v1.ToolCall message) {
    return new ToolCall(message.getId(), message.getName(), message.getArguments());
  }

  public static List<io.anyserve.v1.ToolCallDelta> write(List<ToolCallDelta> deltas) {
    return deltas.stream()
        .map(
            delta ->
                io.anyserve.v1.ToolCallDelta.newBuilder()
                    .setIndex(delta.index())
                    .setId(delta.id())
                    .setName(delta.name())
                    .setArguments(delta.arguments())
                    .build())
        .toList();
  }

  /** Throws IllegalArgumentException naming the field that is wrong. */
  static AnswerDelta delta(
      String text, String reasoning, List<io.anyserve.v1.ToolCallDelta> toolCalls) {
    if (reasoning.isEmpty() && toolCalls.isEmpty()) {
      return AnswerDelta.text(text);
    }
    return new AnswerDelta(
        text,
        reasoning,
        toolCalls.stream()
            .map(
                delta ->
                    new ToolCallDelta(
                        delta.getIndex(), delta.getId(), delta.getName(), delta.getArguments()))
            .toList());
  }

  private static io.anyserve.v1.ToolDefinition write(ToolDefinition tool) {
    return io.anyserve.v1.ToolDefinition.newBuilder()
        .setName(tool.name())
        .setDescription(tool.description())
        .setParameters(tool.parameters())
        .setStrict(tool.strict())
        .build();
  }

  private static ToolDefinition read(io.anyserve.v1.ToolDefinition message) {
    return new ToolDefinition(
        message.getName(), message.getDescription(), message.getParameters(), message.getStrict());
  }

  private static io.anyserve.v1.ToolChoice write(ToolChoice choice) {
    var written = io.anyserve.v1.ToolChoice.newBuilder();
    switch (choice) {
      case ToolChoice.Auto() -> written.setAuto(AutoToolChoice.getDefaultInstance());
      case ToolChoice.None() -> written.setNone(NoToolChoice.getDefaultInstance());
      case ToolChoice.Required() -> written.setRequired(RequiredToolChoice.getDefaultInstance());
      case ToolChoice.Function(String name) -> written.setFunction(name);
    }
    return written.build();
  }

  private static ToolChoice read(io.anyserve.v1.ToolChoice message) {
    return switch (message.getChoiceCase()) {
      case AUTO -> ToolChoice.AUTO;
      case NONE -> ToolChoice.NONE;
      case REQUIRED -> ToolChoice.REQUIRED;
      case FUNCTION -> new ToolChoice.Function(message.getFunction());
      case CHOICE_NOT_SET -> throw ProtobufParser.unset("tool_choice");
    };
  }
}
