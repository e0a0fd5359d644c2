package io.anyserve.ingress.description;

import io.anyserve.ingress.openai.ParameterRule;
import io.anyserve.ingress.openai.ParameterRule.Honoured;
import io.anyserve.ingress.openai.ParameterRule.NotOffered;
import io.anyserve.ingress.openai.ParameterRule.WithoutEffect;
import io.anyserve.ingress.openai.ParameterTable;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * The schema of an object in a body, made of the table by which its reader checks it: every
 * parameter that the table honours needs a schema, and no other parameter may have one.
 */
final class BodySchema {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final String name;
  private final Map<String, ParameterRule> rules;
  private final Schema schema;
  private final Set<String> described = new TreeSet<>();

  /**
   * Has no parameter yet.
   *
   * @param name of the component
   */
  BodySchema(String name, ParameterTable table, String description) {
    this.name = name;
    this.rules = new TreeMap<>(table.rules());
    this.schema = Schema.object(description).closed();
  }

  BodySchema required(String parameter, Schema its) {
    describe(parameter);
    schema.required(parameter, its);
    return this;
  }

  /** One that may be left out, or null. */
  BodySchema optional(String parameter, Schema its) {
    describe(parameter);
    schema.optional(parameter, its.orNull());
    return this;
  }

  private void describe(String parameter) {
    if (!(rules.get(parameter) instanceof Honoured)) {
      throw new IllegalStateException(
          name + "." + parameter + ": described (expected: a parameter that its table honours)");
    }
    described.add(parameter);
  }

  /** Throws IllegalStateException where an honoured parameter has no description. */
  Schema build() {
    rules.forEach(this::complete);
    return schema;
  }

  private void complete(String parameter, ParameterRule rule) {
    switch (rule) {
      case Honoured _ -> {
        if (!described.contains(parameter)) {
          throw new IllegalStateException(
              name + "." + parameter + ": honoured without a description (expected: a schema)");
        }
      }
      case WithoutEffect _ ->
          schema.optional(parameter, Schema.any("Accepted, and changes nothing."));
      case NotOffered(Set<String> neutral) ->
          schema.optional(parameter, notOffered(new TreeSet<>(neutral)));
    }
  }

  private static Schema notOffered(Set<String> neutral) {
    ArrayNode values = JsonNodeFactory.instance.arrayNode();
    neutral.forEach(value -> values.add(JSON.readTree(value)));
    values.addNull();
    return Schema.any("Not offered: only values that ask for nothing are let through.")
        .with("enum", values);
  }
}
