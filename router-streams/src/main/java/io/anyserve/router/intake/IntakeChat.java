package io.anyserve.router.intake;

import io.anyserve.contracts.ChatMessage;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.tool.ToolCall;
import io.anyserve.contracts.tool.ToolChoice;
import io.anyserve.contracts.tool.ToolDefinition;
import io.anyserve.contracts.tool.ToolOptions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Reads the conversation of a request in JSON with its tools, by the names that chats over HTTP
 * have. Throws IllegalArgumentException naming what is wrong.
 */
final class IntakeChat {

  static final Set<String> FIELDS =
      Set.of("tools", "tool_choice", "parallel_tool_calls", "chat_template_kwargs");

  private static final String FUNCTION = "function";
  private static final String TOOL_CHOICE = "tool_choice";
  private static final String TOOL_CALLS = "tool_calls";
  private static final String PARALLEL = "parallel_tool_calls";

  private static final Set<String> MESSAGE =
      Set.of("role", "content", "name", "reasoning", TOOL_CALLS, "tool_call_id");
  private static final Set<String> TOOL = Set.of("type", FUNCTION);
  private static final Set<String> CALL = Set.of("id", "type", FUNCTION);
  private static final Set<String> DEFINITION =
      Set.of("name", "description", "parameters", "strict");

  private IntakeChat() {}

  static Payload.Chat read(JsonFields fields) {
    return new Payload.Chat(
        fields.objects("messages").stream().map(IntakeChat::message).toList(),
        tools(fields),
        thinking(fields));
  }

  /** Only a conversation has them. */
  static void refuse(JsonFields fields) {
    for (String name : FIELDS) {
      if (fields.has(name)) {
        throw fields.refused(name, "only beside messages");
      }
    }
  }

  private static ChatMessage message(JsonFields message) {
    message.only(MESSAGE);
    List<ToolCall> calls = message.objects(TOOL_CALLS).stream().map(IntakeChat::call).toList();
    String content =
        calls.isEmpty() ? message.required("content") : message.text("content").orElse("");
    return at(
        message.path(),
        () ->
            new ChatMessage(
                message.required("role"),
                content,
                message.text("reasoning").orElse(""),
                calls,
                message.text("tool_call_id").orElse(""),
                message.text("name").orElse("")));
  }

  private static ToolCall call(JsonFields call) {
    call.only(CALL);
    requireFunction(call);
    JsonFields function = function(call).only(Set.of("name", "arguments"));
    return at(
        call.path(),
        () ->
            new ToolCall(
                call.required("id"), function.required("name"), function.required("arguments")));
  }

  private static JsonFields function(JsonFields outer) {
    return outer.object(FUNCTION).orElseThrow(() -> outer.missing(FUNCTION, "a JSON object"));
  }

  private static void requireFunction(JsonFields fields) {
    if (!fields.text("type").orElse(FUNCTION).equals(FUNCTION)) {
      throw fields.refused("type", FUNCTION);
    }
  }

  private static ToolOptions tools(JsonFields fields) {
    List<ToolDefinition> definitions =
        fields.objects("tools").stream().map(IntakeChat::tool).toList();
    boolean parallel = !fields.has(PARALLEL) || fields.flag(PARALLEL);
    return new ToolOptions(definitions, choice(fields), parallel);
  }

  private static ToolDefinition tool(JsonFields tool) {
    tool.only(TOOL);
    requireFunction(tool);
    JsonFields function = function(tool).only(DEFINITION);
    return at(
        function.path(),
        () ->
            new ToolDefinition(
                function.required("name"),
                function.text("description").orElse(""),
                function.object("parameters").map(o -> o.node().toString()).orElse(""),
                function.flag("strict")));
  }

  private static ToolChoice choice(JsonFields fields) {
    if (fields.node(TOOL_CHOICE).filter(choice -> choice.isObject()).isPresent()) {
      JsonFields choice = fields.object(TOOL_CHOICE).orElseThrow().only(TOOL);
      requireFunction(choice);
      JsonFields function = function(choice).only(Set.of("name"));
      return at(function.path(), () -> new ToolChoice.Function(function.required("name")));
    }
    String choice = fields.text(TOOL_CHOICE).orElse("auto");
    return switch (choice) {
      case "auto" -> ToolChoice.AUTO;
      case "none" -> ToolChoice.NONE;
      case "required" -> ToolChoice.REQUIRED;
      default -> throw fields.refused(TOOL_CHOICE, "none, auto, required or a function");
    };
  }

  private static Optional<Boolean> thinking(JsonFields fields) {
    Optional<JsonFields> options = fields.object("chat_template_kwargs");
    options.ifPresent(given -> given.only(Set.of("enable_thinking", "thinking")));
    for (String name : List.of("enable_thinking", "thinking")) {
      if (options.isPresent() && options.get().has(name)) {
        return Optional.of(options.get().flag(name));
      }
    }
    return Optional.empty();
  }

  /** What is wrong with a value is told with its place. */
  private static <T> T at(String path, Supplier<T> value) {
    try {
      return value.get();
    } catch (IllegalArgumentException e) {
      String problem = String.valueOf(e.getMessage());
      throw problem.startsWith(path)
          ? e
          : new IllegalArgumentException(path.substring(0, path.length() - 1) + ": " + problem, e);
    }
  }
}
