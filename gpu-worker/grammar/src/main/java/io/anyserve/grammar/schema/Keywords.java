package io.anyserve.grammar.schema;

import io.anyserve.grammar.regular.InvalidGrammarException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** The keywords of one schema, read with their places. */
record Keywords(Conjunct schema) {

  /** Those that say nothing of a value. */
  private static final Set<String> ANNOTATIONS =
      Set.of(
          "$schema",
          "$id",
          "id",
          "$anchor",
          "$comment",
          "title",
          "description",
          "default",
          "examples",
          "example",
          "deprecated",
          "readOnly",
          "writeOnly",
          "$defs",
          "definitions",
          "discriminator",
          "externalDocs",
          "xml",
          "markdownDescription",
          "contentMediaType",
          "contentEncoding");

  private static final int LARGEST_EXPONENT = 40;
  private static final int LARGEST_COUNT = 1_000_000;

  List<String> names() {
    List<String> names = new ArrayList<>();
    schema.node().propertyNames().stream()
        .filter(name -> !ANNOTATIONS.contains(name) && !name.startsWith("x-"))
        .forEach(names::add);
    return names;
  }

  boolean has(String keyword) {
    return schema.node().has(keyword);
  }

  JsonNode value(String keyword) {
    JsonNode value = schema.node().get(keyword);
    if (value == null) {
      throw new IllegalArgumentException(keyword + ": absent (expected: present)");
    }
    return value;
  }

  Conjunct child(String keyword) {
    return checked(schema.child(keyword, value(keyword)));
  }

  /** The schemas of a keyword that lists them. */
  List<Conjunct> children(String keyword) {
    JsonNode list = value(keyword);
    if (!list.isArray() || list.isEmpty()) {
      throw refusal(keyword, "an array of schemas");
    }
    Conjunct place = schema.child(keyword, list);
    List<Conjunct> children = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      children.add(checked(place.child(String.valueOf(i), list.get(i))));
    }
    return children;
  }

  /** The named schemas of a keyword. */
  List<Named> named(String keyword) {
    JsonNode map = value(keyword);
    if (!map.isObject()) {
      throw refusal(keyword, "an object of schemas");
    }
    Conjunct place = schema.child(keyword, map);
    List<Named> children = new ArrayList<>();
    map.forEachEntry(
        (name, node) ->
            children.add(
                new Named(written(place(keyword), name), checked(place.child(name, node)))));
    return children;
  }

  record Named(String name, Conjunct schema) {}

  List<String> strings(String keyword) {
    JsonNode list = value(keyword);
    if (!list.isArray() || list.valueStream().anyMatch(one -> !one.isString())) {
      throw refusal(keyword, "an array of strings");
    }
    return list.valueStream().map(one -> written(place(keyword), one.stringValue())).toList();
  }

  String string(String keyword) {
    JsonNode value = value(keyword);
    if (!value.isString()) {
      throw refusal(keyword, "a string");
    }
    return value.stringValue();
  }

  boolean bool(String keyword) {
    JsonNode value = value(keyword);
    if (!value.isBoolean()) {
      throw refusal(keyword, "true or false");
    }
    return value.booleanValue();
  }

  BigDecimal number(String keyword) {
    JsonNode value = value(keyword);
    if (!value.isNumber()) {
      throw refusal(keyword, "a number");
    }
    return bounded(place(keyword), value);
  }

  /** A number of characters, elements or properties. */
  int count(String keyword) {
    BigDecimal number = number(keyword);
    if (number.signum() < 0
        || number.stripTrailingZeros().scale() > 0
        || number.compareTo(BigDecimal.valueOf(LARGEST_COUNT)) > 0) {
      throw refusal(keyword, "an integer from 0 to " + LARGEST_COUNT);
    }
    return number.intValueExact();
  }

  /** A text that UTF-8 can write. */
  static String written(String place, String text) {
    boolean lone =
        text.codePoints()
            .anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    if (lone) {
      throw InvalidGrammarException.at(place, "a lone surrogate", "a text of whole characters");
    }
    return text;
  }

  static BigDecimal bounded(String place, JsonNode value) {
    BigDecimal number = value.decimalValue();
    long digits = number.precision() - (long) number.scale();
    boolean large = number.signum() != 0 && Math.abs(digits) > LARGEST_EXPONENT;
    if (large || Math.abs((long) number.scale()) > 2 * LARGEST_EXPONENT) {
      throw InvalidGrammarException.at(
          place, value.toString(), "a number of at most " + LARGEST_EXPONENT + " digits");
    }
    return number;
  }

  InvalidGrammarException refusal(String keyword, String expected) {
    return InvalidGrammarException.at(place(keyword), value(keyword).toString(), expected);
  }

  String place(String keyword) {
    return schema.child(keyword, schema.node()).pointer();
  }

  private static Conjunct checked(Conjunct child) {
    if (!child.node().isObject() && !child.node().isBoolean()) {
      throw InvalidGrammarException.at(
          child.pointer(), child.node().toString(), "a schema: an object, true or false");
    }
    return child;
  }
}
