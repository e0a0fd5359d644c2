package io.anyserve.ingress.openai;

import io.anyserve.contracts.Capability;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * A JSON object of a request whose fields are read one by one. Null counts as absent. Every method
 * throws {@link ApiException} with the path of a field that is wrong.
 *
 * @param path of the object, with a dot behind it; empty for the body itself
 */
public record BodyFields(String path, JsonNode node) {

  /** Characters of a value in a message. */
  static final int SHOWN = 80;

  private static final Pattern UNPRINTABLE = Pattern.compile("\\p{Cntrl}|\\p{Cs}");

  public BodyFields {
    if (!node.isObject()) {
      String at = path.isEmpty() ? "body" : path.substring(0, path.length() - 1);
      throw refused(at, node, "a JSON object");
    }
  }

  public String at(String name) {
    return path + name;
  }

  public Optional<JsonNode> value(String name) {
    return node.optional(name).filter(value -> !value.isNull());
  }

  public Optional<String> text(String name) {
    return value(name).map(value -> text(at(name), value));
  }

  public String requiredText(String name) {
    return text(name).orElseThrow(() -> missing(name, "a string"));
  }

  /** Names that no capability can have belong to no model. */
  public String model() {
    String model = requiredText("model");
    try {
      return new Capability(model).value();
    } catch (IllegalArgumentException e) {
      throw new ApiException(ApiError.unknownModel(model));
    }
  }

  public boolean flag(String name) {
    return value(name)
        .map(
            value -> {
              check(value.isBoolean(), at(name), value, "true or false");
              return value.booleanValue();
            })
        .orElse(false);
  }

  public OptionalLong integer(String name, long least, long most) {
    Optional<JsonNode> found = value(name);
    if (found.isEmpty()) {
      return OptionalLong.empty();
    }
    JsonNode value = found.get();
    String expected = "an integer from " + least + " to " + most;
    check(isWhole(value) && value.canConvertToLong(), at(name), value, expected);
    long number = value.longValue();
    check(number >= least && number <= most, at(name), value, expected);
    return OptionalLong.of(number);
  }

  /** Whether that is an integer of JSON Schema, which 7.0 is, too. */
  public static boolean isWhole(JsonNode value) {
    return value.isNumber() && value.canConvertToExactIntegral();
  }

  public OptionalDouble number(String name) {
    return value(name).stream()
        .mapToDouble(
            value -> {
              check(value.isNumber(), at(name), value, "a number");
              return value.doubleValue();
            })
        .findFirst();
  }

  /** One string or an array of strings. */
  public List<String> strings(String name) {
    return value(name)
        .map(value -> value.isArray() ? texts(name, value) : List.of(text(at(name), value)))
        .orElse(List.of());
  }

  private List<String> texts(String name, JsonNode array) {
    List<String> all = new ArrayList<>();
    array.forEach(element -> all.add(text(at(name) + "[" + all.size() + "]", element)));
    return all;
  }

  public Optional<BodyFields> object(String name) {
    return value(name).map(value -> new BodyFields(at(name) + ".", value));
  }

  public List<BodyFields> objects(String name) {
    JsonNode array = value(name).orElseThrow(() -> missing(name, "an array"));
    check(array.isArray(), at(name), array, "an array");
    List<BodyFields> all = new ArrayList<>();
    array.forEach(element -> all.add(new BodyFields(at(name) + "[" + all.size() + "].", element)));
    return all;
  }

  public ApiException missing(String name, String expected) {
    return invalid(at(name), at(name) + ": not set (expected: " + expected + ")");
  }

  public static void check(boolean holds, String at, JsonNode value, String expected) {
    if (!holds) {
      throw refused(at, value, expected);
    }
  }

  public static ApiException refused(String at, JsonNode value, String expected) {
    return invalid(at, at + ": " + printable(value.toString()) + " (expected: " + expected + ")");
  }

  public static ApiException invalid(String at, String message) {
    return new ApiException(ApiError.invalid(at, message));
  }

  public static String text(String at, JsonNode value) {
    check(value.isString(), at, value, "a string");
    return text(at, value.stringValue());
  }

  /** The text itself where it can travel. */
  public static String text(String at, String text) {
    int c;
    for (int i = 0; i < text.length(); i += Character.charCount(c)) {
      c = text.codePointAt(i);
      if (c == 0 || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
        throw invalid(
            at,
            at + ": " + printable(text) + " (expected: text without NUL and unpaired surrogates)");
      }
    }
    return text;
  }

  public static String printable(String text) {
    String shown = text.length() > SHOWN ? text.substring(0, SHOWN) + "..." : text;
    return UNPRINTABLE.matcher(shown).replaceAll("?");
  }
}
