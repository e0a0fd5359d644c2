package io.anyserve.ingress.openai;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Reads the input of a response: text alone. Throws {@link ApiException}. */
final class InputItemReader {

  private static final String INPUT = "input";
  private static final String CONTENT = "content";
  private static final String TYPE = "type";

  private InputItemReader() {}

  static List<InputItem> read(BodyFields body) {
    JsonNode input =
        body.value(INPUT).orElseThrow(() -> body.missing(INPUT, "a string or an array of items"));
    BodyFields.check(
        input.isString() || input.isArray(), INPUT, input, "a string or an array of items");
    if (input.isString()) {
      return List.of(new InputItem("user", List.of(BodyFields.text(INPUT, input))));
    }
    List<InputItem> items = body.objects(INPUT).stream().map(InputItemReader::item).toList();
    if (items.isEmpty()) {
      throw BodyFields.invalid(INPUT, "input: no items (expected: at least one)");
    }
    return items;
  }

  private static InputItem item(BodyFields item) {
    item.text(TYPE)
        .filter(type -> !type.equals("message"))
        .ifPresent(type -> refuse(item, type, "message"));
    ResponseParameters.MESSAGE.check(item);
    return new InputItem(role(item), texts(item));
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

  private static List<String> texts(BodyFields item) {
    JsonNode content =
        item.value(CONTENT).orElseThrow(() -> item.missing(CONTENT, "a string or text parts"));
    BodyFields.check(
        content.isString() || content.isArray(),
        item.at(CONTENT),
        content,
        "a string or an array of text parts");
    if (content.isString()) {
      return List.of(BodyFields.text(item.at(CONTENT), content));
    }
    List<String> texts = new ArrayList<>();
    for (BodyFields part : item.objects(CONTENT)) {
      String type = part.requiredText(TYPE);
      if (!type.equals("input_text") && !type.equals("output_text")) {
        refuse(part, type, "input_text or output_text");
      }
      ResponseParameters.PART.check(part);
      texts.add(part.requiredText("text"));
    }
    return texts;
  }

  private static void refuse(BodyFields fields, String type, String expected) {
    String at = fields.at(TYPE);
    throw new ApiException(
        ApiError.unsupported(
            at,
            "%s: %s is not offered (expected: %s)"
                .formatted(at, BodyFields.printable(type), expected)));
  }
}
