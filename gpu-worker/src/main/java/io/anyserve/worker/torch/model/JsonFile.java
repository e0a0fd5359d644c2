package io.anyserve.worker.torch.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A JSON object of a model, read key by key; every complaint names the file, the key and the value.
 */
public record JsonFile(Path file, JsonNode root) {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  public static JsonFile read(Path file) {
    return parse(file, content(file));
  }

  /** The objects of a file that is a list of them. */
  static List<JsonFile> readList(Path file) {
    JsonNode root = tree(file, content(file));
    if (!root.isArray()) {
      throw new InvalidModelException(file, "root: " + root.getNodeType(), "a list of objects");
    }
    return root.valueStream().map(element -> object(file, element)).toList();
  }

  static JsonFile parse(Path file, byte[] content) {
    return object(file, tree(file, content));
  }

  private static byte[] content(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new InvalidModelException(file, "no such file", "a JSON file");
    }
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new InvalidModelException(file, "unreadable: " + e.getMessage(), "a JSON file", e);
    }
  }

  private static JsonNode tree(Path file, byte[] content) {
    try {
      return JSON.readTree(content);
    } catch (JacksonException e) {
      throw new InvalidModelException(
          file, "not JSON: " + InvalidModelException.printable(e.getOriginalMessage()), "JSON", e);
    }
  }

  private static JsonFile object(Path file, JsonNode node) {
    if (!node.isObject()) {
      throw new InvalidModelException(file, "root: " + node.getNodeType(), "a JSON object");
    }
    return new JsonFile(file, node);
  }

  /** Absent and null are the same. */
  public boolean has(String key) {
    return root.hasNonNull(key);
  }

  /** The object under a key, for complaints still part of this file. */
  public JsonFile object(String key) {
    return new JsonFile(file, required(key, JsonNode::isObject, "an object"));
  }

  public int positive(String key) {
    return required(key, JsonFile::isPositiveInt, "an integer >= 1").intValue();
  }

  public int positive(String key, int absent) {
    return has(key) ? positive(key) : absent;
  }

  public double positiveNumber(String key) {
    return required(key, node -> node.isNumber() && node.doubleValue() > 0, "a number > 0")
        .doubleValue();
  }

  public double positiveNumber(String key, double absent) {
    return has(key) ? positiveNumber(key) : absent;
  }

  /** The key must be there; null is empty. */
  OptionalDouble positiveNumberOrNull(String key) {
    if (!root.has(key)) {
      throw new InvalidModelException(file, key + ": missing", "a number > 0 or null");
    }
    return has(key) ? OptionalDouble.of(positiveNumber(key)) : OptionalDouble.empty();
  }

  public List<Double> positiveNumbers(String key) {
    JsonNode list = required(key, JsonNode::isArray, "a list of numbers > 0");
    for (JsonNode element : list) {
      if (!element.isNumber() || !(element.doubleValue() > 0)) {
        throw wrong(key, list, "a list of numbers > 0");
      }
    }
    return list.valueStream().map(JsonNode::doubleValue).toList();
  }

  public boolean flag(String key, boolean absent) {
    return has(key) ? required(key, JsonNode::isBoolean, "true or false").booleanValue() : absent;
  }

  public String text(String key) {
    return required(key, JsonNode::isString, "a string").stringValue();
  }

  public Optional<String> optionalText(String key) {
    return has(key) ? Optional.of(text(key)) : Optional.empty();
  }

  /** One number or a list of them; empty when the key is absent. */
  List<Integer> integers(String key) {
    if (!has(key)) {
      return List.of();
    }
    JsonNode node = root.get(key);
    List<Integer> values = new ArrayList<>();
    for (JsonNode element : node.isArray() ? node : List.of(node)) {
      if (!element.isIntegralNumber() || !element.canConvertToInt()) {
        throw wrong(key, node, "an integer or a list of integers");
      }
      values.add(element.intValue());
    }
    return values;
  }

  /** Refuses a key that, when present, must be null, false or one of the values. */
  public void only(String key, List<String> allowed) {
    if (has(key) && !allowed.contains(root.get(key).asString(""))) {
      throw wrong(key, root.get(key), "one of " + allowed);
    }
  }

  public JsonNode required(String key, Predicate<JsonNode> test, String expected) {
    if (!has(key)) {
      throw new InvalidModelException(file, key + ": missing", expected);
    }
    JsonNode node = root.get(key);
    if (!test.test(node)) {
      throw wrong(key, node, expected);
    }
    return node;
  }

  public InvalidModelException wrong(String key, JsonNode value, String expected) {
    String shown = InvalidModelException.printable(value.toString());
    return new InvalidModelException(file, key + ": " + shown, expected);
  }

  private static boolean isPositiveInt(JsonNode node) {
    return node.isIntegralNumber() && node.canConvertToInt() && node.intValue() >= 1;
  }
}
