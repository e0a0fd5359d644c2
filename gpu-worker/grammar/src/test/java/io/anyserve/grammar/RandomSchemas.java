package io.anyserve.grammar;

import java.util.List;
import java.util.Random;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Random schemas of what is supported. */
final class RandomSchemas {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final List<String> NAMES =
      List.of("a", "b", "name", "kind", "s_x", "é", "q\"", "");
  private static final List<String> PATTERNS =
      List.of("^[a-c]+$", "ab", "^(x|yz){1,3}$", "[0-9]$", "^[^a]", "^\\d{2}-\\w*$", "^.$", "é|^a");

  /** All but email, of which the validator knows the top-level domains. */
  private static final List<String> FORMATS =
      List.of("date", "time", "date-time", "uuid", "ipv4", "ipv6", "hostname", "uri");

  private final Random random;

  RandomSchemas(Random random) {
    this.random = random;
  }

  ObjectNode document() {
    ObjectNode schema = schema(3);
    ObjectNode definitions = schema.putObject("$defs");
    ObjectNode tree = definitions.putObject("tree");
    tree.put("type", "object").put("additionalProperties", false);
    ObjectNode properties = tree.putObject("properties");
    properties.set("a", schema(0));
    ObjectNode kids = properties.putObject("kids");
    kids.put("type", "array").put("maxItems", 2);
    kids.putObject("items").put("$ref", "#/$defs/tree");
    tree.putArray("required").add("a");
    return schema;
  }

  private ObjectNode schema(int depth) {
    return switch (random.nextInt(depth > 0 ? 16 : 9)) {
      case 0 -> JSON.createObjectNode().put("type", "boolean");
      case 1, 2 -> string();
      case 3 -> integer();
      case 4 -> number();
      case 5 -> values();
      case 6 -> {
        ObjectNode types = JSON.createObjectNode();
        types.putArray("type").add("null").add(random.nextBoolean() ? "string" : "integer");
        yield types;
      }
      case 7 -> JSON.createObjectNode().put("$ref", "#/$defs/tree");
      case 8 -> string();
      case 9, 10 -> array(depth - 1);
      case 11 -> combined("anyOf", depth - 1);
      case 12 -> combined("allOf", depth - 1);
      case 13 -> tagged(depth - 1);
      default -> object(depth - 1);
    };
  }

  private ObjectNode string() {
    ObjectNode schema = JSON.createObjectNode().put("type", "string");
    switch (random.nextInt(4)) {
      case 0 -> {
        int min = random.nextInt(4);
        schema.put("minLength", min).put("maxLength", min + random.nextInt(6));
      }
      case 1 -> schema.put("pattern", any(PATTERNS));
      case 2 -> schema.put("format", any(FORMATS));
      default -> schema.put("pattern", any(PATTERNS)).put("maxLength", 4 + random.nextInt(9));
    }
    return schema;
  }

  private ObjectNode integer() {
    ObjectNode schema = JSON.createObjectNode().put("type", "integer");
    if (random.nextBoolean()) {
      int low = random.nextInt(2000) - 1000;
      schema.put("minimum", low);
      schema.put("exclusiveMaximum", low + 1 + random.nextInt(500));
    } else if (random.nextBoolean()) {
      schema.put("multipleOf", 1 + random.nextInt(30));
    }
    return schema;
  }

  private ObjectNode number() {
    ObjectNode schema = JSON.createObjectNode().put("type", "number");
    if (random.nextBoolean()) {
      double low = (random.nextInt(4000) - 2000) / 100.0;
      schema.put(random.nextBoolean() ? "minimum" : "exclusiveMinimum", low);
      schema.put(random.nextBoolean() ? "maximum" : "exclusiveMaximum", low + 1.75);
    }
    return schema;
  }

  private ObjectNode values() {
    ObjectNode schema = JSON.createObjectNode();
    ArrayNode values = schema.putArray("enum");
    values.add("red").add(1 + random.nextInt(5)).addNull().add(-0.5).add("q\"\\\n");
    values.addObject().put("z", 1).put("y", true);
    return schema;
  }

  private ObjectNode array(int depth) {
    ObjectNode schema = JSON.createObjectNode().put("type", "array");
    int min = random.nextInt(3);
    schema.put("minItems", min).put("maxItems", min + random.nextInt(3));
    if (random.nextInt(3) == 0) {
      schema.putArray("prefixItems").add(schema(depth)).add(schema(depth));
    }
    if (random.nextInt(4) > 0) {
      schema.set("items", schema(depth));
    }
    return schema;
  }

  private ObjectNode object(int depth) {
    ObjectNode schema = JSON.createObjectNode().put("type", "object");
    ObjectNode properties = schema.putObject("properties");
    ArrayNode required = schema.putArray("required");
    for (String name : NAMES) {
      if (random.nextInt(3) == 0) {
        properties.set(name, schema(depth));
        if (random.nextBoolean()) {
          required.add(name);
        }
      }
    }
    switch (random.nextInt(5)) {
      case 0 -> schema.set("additionalProperties", schema(0));
      case 1 -> {
        schema.putObject("patternProperties").set("^s_", schema(0));
        schema.put("additionalProperties", random.nextBoolean());
      }
      case 2 -> schema.put("maxProperties", required.size() + 2);
      case 3 -> schema.put("minProperties", 2);
      default -> schema.put("additionalProperties", false);
    }
    return schema;
  }

  private ObjectNode combined(String keyword, int depth) {
    ObjectNode schema = JSON.createObjectNode();
    schema.putArray(keyword).add(object(depth)).add(object(depth));
    return schema;
  }

  private ObjectNode tagged(int depth) {
    ObjectNode schema = JSON.createObjectNode().put("type", "object");
    schema.putArray("required").add("kind");
    ArrayNode branches = schema.putArray("oneOf");
    for (String kind : List.of("x", "y")) {
      ObjectNode properties = branches.addObject().putObject("properties");
      properties.putObject("kind").put("const", kind);
      properties.set("value", schema(depth));
    }
    return schema;
  }

  private String any(List<String> list) {
    return list.get(random.nextInt(list.size()));
  }
}
