package io.anyserve.ingress.openai.response;

import io.anyserve.ingress.openai.ApiError;
import io.anyserve.ingress.openai.ApiException;
import io.anyserve.ingress.openai.BodyFields;
import io.anyserve.ingress.openai.ToolReader;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Reads the input of a response. Throws {@link ApiException}. */
public final class InputItemReader {

  private static final String INPUT = "input";
  private static final String CONTENT = "content";
  private static final String TYPE = "type";
  private static final String OUTPUT = "output";
  private static final String CALL_ID = "call_id";

  private InputItemReader() {}

  public static List<InputItem> read(BodyFields body) {
    JsonNode input =
        body.value(INPUT).orElseThrow(() -> body.missing(INPUT, "a string or an array of items"));
    BodyFields.check(
        input.isString() || input.isArray(), INPUT, input, "a string or an array of items");
    if (input.isString()) {
      return List.of(new InputItem.Message("user", List.of(BodyFields.text(INPUT, input))));
    }
    List<InputItem> items = body.objects(INPUT).stream().map(InputItemReader::item).toList();
    if (items.isEmpty()) {
      throw BodyFields.invalid(INPUT, "input: no items (expected: at least one)");
    }
    return items;
  }

  private static InputItem item(BodyFields item) {
    String type = item.text(TYPE).orElse("message");
    return switch (type) {
      case "message" -> message(item);
      case "function_call" -> call(item);
      case "function_call_output" -> output(item);
      case "reasoning" -> reasoning(item);
      default ->
          throw unsupported(
              item, type, "message, function_call, function_call_output or reasoning");
    };
  }

  private static InputItem message(BodyFields item) {
    ResponseParameters.MESSAGE.check(item);
    return new InputItem.Message(role(item), texts(item, CONTENT));
  }

  private static InputItem call(BodyFields item) {
    ResponseParameters.FUNCTION_CALL.check(item);
    return new InputItem.FunctionCall(
        ToolReader.callId(item, CALL_ID), ToolReader.name(item), item.requiredText("arguments"));
  }

  private static InputItem output(BodyFields item) {
    ResponseParameters.FUNCTION_CALL_OUTPUT.check(item);
    return new InputItem.FunctionCallOutput(ToolReader.callId(item, CALL_ID), texts(item, OUTPUT));
  }

  /** A summary tells less than the content does, and counts where there is no content. */
  private static InputItem reasoning(BodyFields item) {
    ResponseParameters.REASONING.check(item);
    List<String> content = thoughts(item, CONTENT, "reasoning_text");
    List<String> summary = thoughts(item, "summary", "summary_text");
    return new InputItem.Reasoning(content.isEmpty() ? summary : content);
  }

  private static List<String> thoughts(BodyFields item, String name, String type) {
    if (item.value(name).isEmpty()) {
      return List.of();
    }
    List<String> texts = new ArrayList<>();
    for (BodyFields part : item.objects(name)) {
      texts.add(text(part, List.of(type)));
    }
    return texts;
  }

  private static String role(BodyFields item) {
    String role = item.requiredText("role");
    return switch (role) {
      case "system", "developer", "user", "assistant" -> role;
      default ->
          throw BodyFields.invalid(
              item.at("role"),
              "%s: %s (expected: system, developer, user or assistant)"
                  .formatted(item.at("role"), BodyFields.printable(role)));
    };
  }

  private static List<String> texts(BodyFields item, String name) {
    JsonNode content =
        item.value(name).orElseThrow(() -> item.missing(name, "a string or text parts"));
    BodyFields.check(
        content.isString() || content.isArray(),
        item.at(name),
        content,
        "a string or an array of text parts");
    if (content.isString()) {
      return List.of(BodyFields.text(item.at(name), content));
    }
    List<String> texts = new ArrayList<>();
    for (BodyFields part : item.objects(name)) {
      texts.add(text(part, List.of("input_text", "output_text")));
    }
    return texts;
  }

  private static String text(BodyFields part, List<String> types) {
    String type = part.requiredText(TYPE);
    if (!types.contains(type)) {
      throw unsupported(part, type, String.join(" or ", types));
    }
    ResponseParameters.PART.check(part);
    return part.requiredText("text");
  }

  private static ApiException unsupported(BodyFields fields, String type, String expected) {
    String at = fields.at(TYPE);
    return new ApiException(
        ApiError.unsupported(
            at,
            "%s: %s is not offered (expected: %s)"
                .formatted(at, BodyFields.printable(type), expected)));
  }
}
