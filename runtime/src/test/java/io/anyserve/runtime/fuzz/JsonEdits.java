package io.anyserve.runtime.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A JSON text like a good one, but for a few values or characters.
 *
 * @param seeds the good texts
 * @param names of fields
 * @param values as JSON
 */
public record JsonEdits(List<String> seeds, List<String> names, List<String> values) {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int MOST_EDITS = 6;
  private static final int LONGEST_TEXT = 40;

  /** What the text itself may be wrong with. */
  private static final List<String> PIECES =
      List.of(
          "{",
          "}",
          "[",
          "]",
          "\"",
          ",",
          ":",
          "\\u0000",
          "\\ud800",
          "\\ud83d\\ude00",
          "\\",
          "null",
          "true",
          "1e999999",
          "-",
          "9223372036854775808",
          "\u00ff",
          "\u00c3\u00a4",
          "\"n\":",
          "\"model\":",
          "\n",
          "\0",
          "NaN",
          "1E-400",
          "/*",
          "#",
          "[".repeat(70),
          "0x1",
          "01");

  public JsonEdits {
    seeds = List.copyOf(seeds);
    names = List.copyOf(names);
    values = List.copyOf(values);
  }

  /** One byte a character. */
  public String text(ByteChoices choices) {
    return choices.flag()
        ? new String(json(choices).getBytes(UTF_8), ISO_8859_1)
        : new TextEdits(seeds, PIECES).text(choices);
  }

  private String json(ByteChoices choices) {
    JsonNode root = JSON.readTree(choices.of(seeds));
    for (int edits = choices.below(MOST_EDITS); edits > 0; edits--) {
      edit(inner(root, choices), choices);
    }
    return root.toString();
  }

  /** The value itself, or one that is in it. */
  private static JsonNode inner(JsonNode from, ByteChoices choices) {
    JsonNode at = from;
    while (!at.isEmpty() && choices.flag()) {
      JsonNode next = choices.of(at.valueStream().toList());
      if (!next.isContainer()) {
        return at;
      }
      at = next;
    }
    return at;
  }

  private void edit(JsonNode target, ByteChoices choices) {
    switch (target) {
      case ObjectNode object -> edit(object, choices);
      case ArrayNode array -> edit(array, choices);
      default -> {}
    }
  }

  private void edit(ObjectNode object, ByteChoices choices) {
    boolean known = !object.isEmpty() && choices.flag();
    String name = choices.of(known ? List.copyOf(object.propertyNames()) : names);
    if (choices.below(4) == 3) {
      object.remove(name);
    } else {
      object.set(name, value(choices));
    }
  }

  private void edit(ArrayNode array, ByteChoices choices) {
    int at = choices.below(array.size() + 1);
    switch (choices.below(3)) {
      case 0 -> array.insert(at, value(choices));
      case 1 -> array.addAll(array.deepCopy());
      default -> array.remove(at);
    }
  }

  private JsonNode value(ByteChoices choices) {
    return choices.below(4) == 3
        ? JsonNodeFactory.instance.stringNode(new String(choices.bytes(LONGEST_TEXT), UTF_8))
        : JSON.readTree(choices.of(values));
  }
}
