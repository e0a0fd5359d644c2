package io.anyserve.ingress.openai;

import io.anyserve.contracts.tool.ToolCall;
import io.anyserve.contracts.tool.ToolDefinition;
import io.anyserve.v1.AutoToolChoice;
import io.anyserve.v1.ChatMessages;
import io.anyserve.v1.NoToolChoice;
import io.anyserve.v1.RequiredToolChoice;
import io.anyserve.v1.ToolChoice;
import java.util.HashSet;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Reads the tools of a call and the choice among them, in the form of chats or of responses. Throws
 * {@link ApiException}.
 */
public final class ToolReader {

  private static final String TYPE = "type";
  private static final String NAME = "name";
  private static final String FUNCTION = "function";
  private static final String TOOLS = "tools";
  private static final String TOOL_CHOICE = "tool_choice";
  private static final String PARALLEL = "parallel_tool_calls";

  private final Form form;

  private ToolReader(Form form) {
    this.form = form;
  }

  /** Where a tool and a choice have what they say of a function. */
  private enum Form {
    /** In an object of that name. */
    CHAT,
    /** Beside the type. */
    RESPONSE
  }

  static void ofChat(BodyFields body, ChatMessages.Builder messages) {
    new ToolReader(Form.CHAT).read(body, messages);
  }

  public static void ofResponse(BodyFields body, ChatMessages.Builder messages) {
    new ToolReader(Form.RESPONSE).read(body, messages);
  }

  private void read(BodyFields body, ChatMessages.Builder messages) {
    Set<String> names = new HashSet<>();
    if (body.value(TOOLS).isPresent()) {
      for (BodyFields tool : body.objects(TOOLS)) {
        messages.addTools(tool(definition(tool), names));
      }
    }
    body.value(TOOL_CHOICE).ifPresent(choice -> messages.setToolChoice(choice(choice, names)));
    if (body.value(PARALLEL).isPresent()) {
      messages.setParallelToolCalls(body.flag(PARALLEL));
    }
  }

  private BodyFields definition(BodyFields tool) {
    requireFunction(tool);
    return switch (form) {
      case CHAT -> inner(tool, ParameterTable.TOOL, ParameterTable.FUNCTION);
      case RESPONSE -> {
        ParameterTable.RESPONSE_TOOL.check(tool);
        yield tool;
      }
    };
  }

  private static BodyFields inner(BodyFields outer, ParameterTable around, ParameterTable inside) {
    around.check(outer);
    BodyFields function = function(outer);
    inside.check(function);
    return function;
  }

  static BodyFields function(BodyFields outer) {
    return outer.object(FUNCTION).orElseThrow(() -> outer.missing(FUNCTION, "an object"));
  }

  private static io.anyserve.v1.ToolDefinition tool(BodyFields function, Set<String> names) {
    String name = name(function);
    String description = function.text("description").orElse("");
    String parameters = function.object("parameters").map(o -> o.node().toString()).orElse("");
    boolean strict = function.flag("strict");
    String at = function.path().substring(0, function.path().length() - 1);
    checked(at, () -> new ToolDefinition(name, description, parameters, strict));
    if (!names.add(name)) {
      throw BodyFields.invalid(
          function.at(NAME),
          "%s: %s (expected: each name once)".formatted(function.at(NAME), name));
    }
    return io.anyserve.v1.ToolDefinition.newBuilder()
        .setName(name)
        .setDescription(description)
        .setParameters(parameters)
        .setStrict(strict)
        .build();
  }

  private ToolChoice choice(JsonNode choice, Set<String> names) {
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

  private String chosen(BodyFields choice, Set<String> names) {
    requireFunction(choice);
    BodyFields function =
        switch (form) {
          case CHAT -> inner(choice, ParameterTable.TOOL_CHOICE, ParameterTable.CHOSEN_FUNCTION);
          case RESPONSE -> {
            ParameterTable.RESPONSE_TOOL_CHOICE.check(choice);
            yield choice;
          }
        };
    String name = name(function);
    if (!names.contains(name)) {
      throw BodyFields.invalid(
          function.at(NAME),
          "%s: %s (expected: the name of a tool)".formatted(function.at(NAME), name));
    }
    return name;
  }

  /** The id of a call. */
  public static String callId(BodyFields fields, String field) {
    String id = fields.requiredText(field);
    checked(fields.at(field), () -> ToolCall.checkId(fields.at(field), id));
    return id;
  }

  /** The name of a function. */
  public static String name(BodyFields function) {
    String name = function.requiredText(NAME);
    checked(function.at(NAME), () -> ToolDefinition.checkName(name));
    return name;
  }

  static void checked(String at, Runnable check) {
    try {
      check.run();
    } catch (IllegalArgumentException e) {
      String problem = String.valueOf(e.getMessage());
      throw BodyFields.invalid(at, at + problem.substring(problem.indexOf(": ")));
    }
  }

  static void requireFunction(BodyFields fields) {
    requireType(fields, FUNCTION);
  }

  static void requireType(BodyFields fields, String offered) {
    String type = fields.requiredText(TYPE);
    if (!type.equals(offered)) {
      throw new ApiException(
          ApiError.unsupported(
              fields.at(TYPE),
              "%s: %s is not offered (expected: %s)"
                  .formatted(fields.at(TYPE), BodyFields.printable(type), offered)));
    }
  }
}
