package io.anyserve.ingress.openai;

import io.anyserve.contracts.image.ImageLimits;
import io.anyserve.contracts.tool.ToolCall;
import io.anyserve.contracts.tool.ToolDefinition;
import io.anyserve.v1.AutoToolChoice;
import io.anyserve.v1.ChatMessage;
import io.anyserve.v1.ChatMessages;
import io.anyserve.v1.ContentPart;
import io.anyserve.v1.NoToolChoice;
import io.anyserve.v1.RequiredToolChoice;
import io.anyserve.v1.ToolChoice;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
  private static final String TYPE = "type";
  private static final String NAME = "name";
  private static final String FUNCTION = "function";
  private static final String TOOLS = "tools";
  private static final String TOOL_CHOICE = "tool_choice";
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
    tools(body, messages);
    thinking(body).ifPresent(messages::setThinking);
    return messages.build();
  }

  private static void requireCount(ChatMessages.Builder messages) {
    long images =
        messages.getMessagesList().stream()
            .flatMap(message -> message.getPartsList().stream())
            .filter(ContentPart::hasImage)
            .count();
    checked("messages", () -> ImageLimits.requireCount("messages", images));
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
      read.setToolCallId(callId(message, TOOL_CALL_ID));
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

  private static void requireType(BodyFields fields, String offered) {
    String type = fields.requiredText(TYPE);
    if (!type.equals(offered)) {
      throw new ApiException(
          ApiError.unsupported(
              fields.at(TYPE),
              "%s: %s is not offered (expected: %s)"
                  .formatted(fields.at(TYPE), BodyFields.printable(type), offered)));
    }
  }

  private static io.anyserve.v1.ToolCall toolCall(BodyFields call) {
    requireType(call, FUNCTION);
    ParameterTable.TOOL_CALL.check(call);
    BodyFields function = function(call);
    ParameterTable.CALLED_FUNCTION.check(function);
    return io.anyserve.v1.ToolCall.newBuilder()
        .setId(callId(call, "id"))
        .setName(name(function))
        .setArguments(function.requiredText("arguments"))
        .build();
  }

  private static BodyFields function(BodyFields outer) {
    return outer.object(FUNCTION).orElseThrow(() -> outer.missing(FUNCTION, "an object"));
  }

  private static String callId(BodyFields fields, String field) {
    String id = fields.requiredText(field);
    checked(fields.at(field), () -> ToolCall.checkId(fields.at(field), id));
    return id;
  }

  private static String name(BodyFields function) {
    String name = function.requiredText(NAME);
    checked(function.at(NAME), () -> ToolDefinition.checkName(name));
    return name;
  }

  private static void checked(String at, Runnable check) {
    try {
      check.run();
    } catch (IllegalArgumentException e) {
      String problem = String.valueOf(e.getMessage());
      throw BodyFields.invalid(at, at + problem.substring(problem.indexOf(": ")));
    }
  }

  private static void tools(BodyFields body, ChatMessages.Builder messages) {
    Set<String> names = new HashSet<>();
    if (body.value(TOOLS).isPresent()) {
      for (BodyFields tool : body.objects(TOOLS)) {
        io.anyserve.v1.ToolDefinition read = tool(tool);
        if (!names.add(read.getName())) {
          throw BodyFields.invalid(
              tool.at("function.name"),
              "%s: %s (expected: each name once)"
                  .formatted(tool.at("function.name"), read.getName()));
        }
        messages.addTools(read);
      }
    }
    body.value(TOOL_CHOICE).ifPresent(choice -> messages.setToolChoice(choice(choice, names)));
    if (body.value("parallel_tool_calls").isPresent()) {
      messages.setParallelToolCalls(body.flag("parallel_tool_calls"));
    }
  }

  private static io.anyserve.v1.ToolDefinition tool(BodyFields tool) {
    requireType(tool, FUNCTION);
    ParameterTable.TOOL.check(tool);
    BodyFields function = function(tool);
    ParameterTable.FUNCTION.check(function);
    String name = name(function);
    String description = function.text("description").orElse("");
    String parameters = function.object("parameters").map(o -> o.node().toString()).orElse("");
    boolean strict = function.flag("strict");
    String at = tool.at(FUNCTION);
    checked(at, () -> new ToolDefinition(name, description, parameters, strict));
    return io.anyserve.v1.ToolDefinition.newBuilder()
        .setName(name)
        .setDescription(description)
        .setParameters(parameters)
        .setStrict(strict)
        .build();
  }

  private static ToolChoice choice(JsonNode choice, Set<String> names) {
    ToolChoice.Builder read = ToolChoice.newBuilder();
    if (choice.isObject()) {
      return read.setFunction(chosen(new BodyFields(TOOL_CHOICE + ".", choice), names)).build();
    }
    BodyFields.check(choice.isString(), TOOL_CHOICE, choice, "none, auto, required or a function");
    return switch (choice.asString()) {
      case "auto" -> read.setAuto(AutoToolChoice.getDefaultInstance()).build();
      case "none" -> read.setNone(NoToolChoice.getDefaultInstance()).build();
      case "required" -> {
        BodyFields.check(!names.isEmpty(), TOOL_CHOICE, choice, "none or auto without tools");
        yield read.setRequired(RequiredToolChoice.getDefaultInstance()).build();
      }
      default ->
          throw BodyFields.refused(TOOL_CHOICE, choice, "none, auto, required or a function");
    };
  }

  private static String chosen(BodyFields choice, Set<String> names) {
    requireType(choice, FUNCTION);
    ParameterTable.TOOL_CHOICE.check(choice);
    BodyFields function = function(choice);
    ParameterTable.CHOSEN_FUNCTION.check(function);
    String name = name(function);
    if (!names.contains(name)) {
      throw BodyFields.invalid(
          function.at(NAME),
          "%s: %s (expected: the name of a tool)".formatted(function.at(NAME), name));
    }
    return name;
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
