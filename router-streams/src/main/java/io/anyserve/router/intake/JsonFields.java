package io.anyserve.router.intake;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * A JSON object whose fields are read one by one; a complaint names the field, what it holds and
 * what it should. Null counts as absent.
 */
record JsonFields(String path, JsonNode node) {

  private static final int SHOWN = 80;

  JsonFields {
    if (!node.isObject()) {
      throw complaint(path.isEmpty() ? "request" : path, node, "a JSON object");
    }
  }

  /** Refuses every other field. */
  JsonFields only(Set<String> known) {
    for (String name : node.propertyNames()) {
      if (!known.contains(name)) {
        throw new IllegalArgumentException(
            path + printable(name) + ": unknown field (expected: one of " + sorted(known) + ")");
      }
    }
    return this;
  }

  boolean has(String name) {
    return value(name).isPresent();
  }

  Optional<String> text(String name) {
    return value(name).map(value -> text(path + name, value));
  }

  String required(String name) {
    return text(name).orElseThrow(() -> missing(name, "a string"));
  }

  /** The value as it is. */
  Optional<JsonNode> node(String name) {
    return value(name);
  }

  /** False where it is absent. */
  boolean flag(String name) {
    return value(name)
        .map(
            value -> {
              check(value.isBoolean(), name, value, "true or false");
              return value.booleanValue();
            })
        .orElse(false);
  }

  List<Integer> integers(String name) {
    return value(name)
        .map(
            value -> {
              check(value.isArray(), name, value, "an array of integers");
              List<Integer> all = new ArrayList<>();
              for (JsonNode element : value) {
                String at = name + "[" + all.size() + "]";
                check(
                    element.isIntegralNumber() && element.canConvertToInt(),
                    at,
                    element,
                    "an integer");
                all.add(element.intValue());
              }
              return all;
            })
        .orElse(List.of());
  }

  /** The value of a field is none that is expected. */
  IllegalArgumentException refused(String name, String expected) {
    return complaint(path + name, node.path(name), expected);
  }

  OptionalInt integer(String name) {
    return value(name).stream()
        .mapToInt(
            value -> {
              check(value.isIntegralNumber() && value.canConvertToInt(), name, value, "an integer");
              return value.intValue();
            })
        .findFirst();
  }

  Optional<Long> longInteger(String name) {
    return value(name)
        .map(
            value -> {
              check(
                  value.isIntegralNumber() && value.canConvertToLong(),
                  name,
                  value,
                  "an integer of 64 bits");
              return value.longValue();
            });
  }

  OptionalDouble number(String name) {
    return value(name).stream()
        .mapToDouble(
            value -> {
              check(value.isNumber(), name, value, "a number");
              return value.doubleValue();
            })
        .findFirst();
  }

  /** One string or an array of strings. */
  List<String> strings(String name) {
    return value(name)
        .map(value -> value.isArray() ? elements(name, value) : List.of(text(path + name, value)))
        .orElse(List.of());
  }

  Map<String, String> map(String name) {
    Map<String, String> entries = new LinkedHashMap<>();
    object(name)
        .ifPresent(
            labels ->
                labels
                    .node
                    .properties()
                    .forEach(
                        entry ->
                            entries.put(
                                entry.getKey(),
                                text(labels.path + printable(entry.getKey()), entry.getValue()))));
    return entries;
  }

  Optional<JsonFields> object(String name) {
    return value(name)
        .map(
            value -> {
              check(value.isObject(), name, value, "a JSON object");
              return new JsonFields(path + name + ".", value);
            });
  }

  List<JsonFields> objects(String name) {
    return value(name)
        .map(
            value -> {
              check(value.isArray(), name, value, "an array of JSON objects");
              List<JsonFields> all = new ArrayList<>();
              for (JsonNode element : value) {
                String at = name + "[" + all.size() + "]";
                check(element.isObject(), at, element, "a JSON object");
                all.add(new JsonFields(path + at + ".", element));
              }
              return all;
            })
        .orElse(List.of());
  }

  IllegalArgumentException missing(String name, String expected) {
    return new IllegalArgumentException(path + name + ": not set (expected: " + expected + ")");
  }

  private List<String> elements(String name, JsonNode array) {
    List<String> all = new ArrayList<>();
    array.forEach(element -> all.add(text(path + name + "[" + all.size() + "]", element)));
    return all;
  }

  private Optional<JsonNode> value(String name) {
    return node.optional(name).filter(value -> !value.isNull());
  }

  private void check(boolean holds, String name, JsonNode value, String expected) {
    if (!holds) {
      throw complaint(path + name, value, expected);
    }
  }

  private static String text(String name, JsonNode value) {
    if (!value.isString()) {
      throw complaint(name, value, "a string");
    }
    String text = value.stringValue();
    if (text.indexOf('\0') >= 0 || hasUnpairedSurrogate(text)) {
      throw new IllegalArgumentException(
          name + ": " + printable(text) + " (expected: valid Unicode without NUL)");
    }
    return text;
  }

  private static boolean hasUnpairedSurrogate(String text) {
    return text.codePoints()
        .anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
  }

  private static IllegalArgumentException complaint(String name, JsonNode value, String expected) {
    return new IllegalArgumentException(
        name + ": " + printable(value.toString()) + " (expected: " + expected + ")");
  }

  static String printable(String text) {
    String shown = text.length() > SHOWN ? text.substring(0, SHOWN) + "..." : text;
    return shown.replaceAll("\\p{Cntrl}|\\p{Cs}", "?");
  }

  private static String sorted(Set<String> names) {
    return String.join(", ", names.stream().sorted().toList());
  }
}
