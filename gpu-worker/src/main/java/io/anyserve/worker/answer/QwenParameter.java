package io.anyserve.worker.answer;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** How Qwen3-Coder writes the values of a property: as text, or as JSON. */
final class QwenParameter {

  /** Beside the type, these leave a string as free as text is, or list its values. */
  private static final Set<String> KEYWORDS =
      Set.of(
          "type",
          "enum",
          "const",
          "title",
          "description",
          "default",
          "examples",
          "$comment",
          "deprecated");

  private QwenParameter() {}

  /** Whether a value that fits the schema is written as text, without quotes. */
  static boolean plain(JsonNode property) {
    return property.path("type").asString("").equals("string")
        && property.propertyNames().stream().allMatch(KEYWORDS::contains)
        && !(property.has("enum") && property.has("const"))
        && listed(property).allMatch(JsonNode::isString);
  }

  /** The values that a plain property may have; empty where it may have any. */
  static List<String> values(JsonNode property) {
    return listed(property).map(JsonNode::asString).toList();
  }

  private static Stream<JsonNode> listed(JsonNode property) {
    return property.has("const")
        ? Stream.of(property.path("const"))
        : property.path("enum").valueStream();
  }
}
