package io.anyserve.ingress.description;

import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** One schema in the dialect of OpenAPI 3.1, while it is put together. */
final class Schema {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final String TYPE = "type";

  private final ObjectNode json = NODES.objectNode();

  private Schema() {}

  static Schema string(String description) {
    return of("string", description);
  }

  static Schema integer(String description) {
    return of("integer", description);
  }

  static Schema number(String description) {
    return of("number", description);
  }

  static Schema flag(String description) {
    return of("boolean", description);
  }

  static Schema object(String description) {
    return of("object", description);
  }

  static Schema array(String description, Schema items) {
    return of("array", description).with("items", items.json);
  }

  /** Any value. */
  static Schema any(String description) {
    return new Schema().described(description);
  }

  /** One string and no other. */
  static Schema constant(String value) {
    return new Schema().with(TYPE, text("string")).with("const", text(value));
  }

  /** One flag and not the other. */
  static Schema is(boolean value) {
    return new Schema().with("const", NODES.booleanNode(value));
  }

  /** The value is always null. */
  static Schema nothing() {
    return new Schema().with(TYPE, text("null"));
  }

  /** A schema of the document's components. */
  static Schema ref(String component) {
    return new Schema().with("$ref", text("#/components/schemas/" + component));
  }

  static Schema anyOf(String description, Schema... schemas) {
    return new Schema().described(description).with("anyOf", array(schemas));
  }

  static Schema oneOf(String description, Schema... schemas) {
    return new Schema().described(description).with("oneOf", array(schemas));
  }

  /** Without a type, for conditions. */
  static Schema part() {
    return new Schema();
  }

  private static Schema of(String type, String description) {
    return new Schema().with(TYPE, text(type)).described(description);
  }

  private Schema described(String description) {
    return description.isEmpty() ? this : with("description", text(description));
  }

  Schema range(double least, double most) {
    return with("minimum", number(least)).with("maximum", number(most));
  }

  Schema atLeast(double least) {
    return with("minimum", number(least));
  }

  Schema above(double bound) {
    return with("exclusiveMinimum", number(bound));
  }

  Schema atMost(double most) {
    return with("maximum", number(most));
  }

  Schema characters(int least, int most) {
    return (least > 0 ? with("minLength", least) : this).with("maxLength", most);
  }

  Schema nonEmpty() {
    return with("minLength", 1);
  }

  Schema items(int least, int most) {
    return (least > 0 ? with("minItems", least) : this).with("maxItems", most);
  }

  Schema pattern(String regex) {
    return with("pattern", text(regex));
  }

  Schema format(String name) {
    return with("format", text(name));
  }

  Schema values(String... all) {
    ArrayNode values = json.putArray("enum");
    for (String value : all) {
      values.add(value);
    }
    return this;
  }

  /** What holds where the client says nothing. */
  Schema byDefault(JsonNode value) {
    return with("default", value);
  }

  Schema byDefault(long value) {
    return byDefault(NODES.numberNode(value));
  }

  Schema byDefault(String value) {
    return byDefault(text(value));
  }

  Schema byDefault(boolean value) {
    return byDefault(NODES.booleanNode(value));
  }

  Schema example(String value) {
    json.putArray("examples").add(value);
    return this;
  }

  Schema required(String name, Schema schema) {
    json.withArrayProperty("required").add(name);
    return optional(name, schema);
  }

  Schema optional(String name, Schema schema) {
    json.withObjectProperty("properties").set(name, schema.json);
    return this;
  }

  /** No other properties. */
  Schema closed() {
    return with("additionalProperties", NODES.booleanNode(false));
  }

  Schema properties(Schema each) {
    return with("additionalProperties", each.json);
  }

  /** The same, or null. */
  Schema orNull() {
    if (json.has("$ref")) {
      return anyOf("", this, nothing());
    }
    for (String alternatives : List.of("anyOf", "oneOf")) {
      if (json.has(alternatives)) {
        json.withArrayProperty(alternatives).add(nothing().json);
      }
    }
    if (json.has("const")) {
      json.putArray("enum").add(json.remove("const"));
    }
    if (json.has(TYPE)) {
      json.set(TYPE, NODES.arrayNode().add(json.get(TYPE)).add("null"));
    }
    if (json.has("enum")) {
      json.withArrayProperty("enum").addNull();
    }
    return this;
  }

  /** This and those conditions, too. */
  Schema all(Schema... conditions) {
    return with("allOf", array(conditions));
  }

  /** This and just one of those, too. */
  Schema either(Schema... alternatives) {
    return with("oneOf", array(alternatives));
  }

  Schema with(String keyword, JsonNode value) {
    json.set(keyword, value);
    return this;
  }

  Schema with(String keyword, Schema value) {
    return with(keyword, value.json);
  }

  Schema with(String keyword, long value) {
    return with(keyword, NODES.numberNode(value));
  }

  ObjectNode json() {
    return json;
  }

  private static ArrayNode array(Schema... schemas) {
    ArrayNode array = NODES.arrayNode();
    for (Schema schema : schemas) {
      array.add(schema.json);
    }
    return array;
  }

  private static JsonNode text(String text) {
    return NODES.stringNode(text);
  }

  /** Whole numbers without a point. */
  private static JsonNode number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1L << 53
        ? NODES.numberNode((long) value)
        : NODES.numberNode(value);
  }
}
