package io.anyserve.grammar.schema;

import io.anyserve.grammar.regular.InvalidGrammarException;
import io.anyserve.grammar.regular.Patterns;
import io.anyserve.grammar.regular.Spelling;
import io.anyserve.grammar.regular.Terms;
import io.anyserve.grammar.schema.ObjectShape.NamePattern;
import io.anyserve.grammar.schema.ObjectShape.Part;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The keywords of objects. */
final class ObjectKeywords {

  private static final List<String> PROPERTIES =
      List.of("properties", "patternProperties", "additionalProperties", "propertyNames");

  private static final int MOST_PROPERTIES = 2000;

  private final Patterns patterns;

  ObjectKeywords(Terms terms) {
    this.patterns = new Patterns(terms, Spelling.JSON);
  }

  Shape shape(Shape any, Keywords schema, String keyword) {
    return switch (keyword) {
      case "required" ->
          objects(any, List.of(), new LinkedHashSet<>(schema.strings(keyword)), 0, Terms.UNBOUNDED);
      case "minProperties" ->
          objects(any, List.of(), Set.of(), schema.count(keyword), Terms.UNBOUNDED);
      case "maxProperties" -> objects(any, List.of(), Set.of(), 0, schema.count(keyword));
      default ->
          PROPERTIES.stream().filter(schema::has).findFirst().equals(Optional.of(keyword))
              ? objects(any, List.of(part(schema)), Set.of(), 0, Terms.UNBOUNDED)
              : any;
    };
  }

  private static Shape objects(
      Shape any, List<Part> parts, Set<String> required, int min, int max) {
    return any.objects(List.of(new ObjectShape(parts, required, min, max)));
  }

  /** The keywords that say something of properties belong together. */
  private Part part(Keywords schema) {
    Map<String, Conjunction> properties = new LinkedHashMap<>();
    if (schema.has("properties")) {
      for (Keywords.Named property : schema.named("properties")) {
        properties.put(property.name(), Conjunction.of(property.schema()));
      }
      if (properties.size() > MOST_PROPERTIES) {
        throw InvalidGrammarException.at(
            schema.place("properties"),
            properties.size() + " properties",
            "at most " + MOST_PROPERTIES);
      }
    }
    return new Part(
        properties,
        patterns(schema),
        schema.has("additionalProperties")
            ? Conjunction.of(schema.child("additionalProperties"))
            : Conjunction.ANY,
        schema.has("propertyNames")
            ? Optional.of(Conjunction.of(schema.child("propertyNames")))
            : Optional.empty());
  }

  private List<NamePattern> patterns(Keywords schema) {
    List<NamePattern> found = new ArrayList<>();
    if (schema.has("patternProperties")) {
      for (Keywords.Named pattern : schema.named("patternProperties")) {
        try {
          found.add(
              new NamePattern(patterns.anywhere(pattern.name()), Conjunction.of(pattern.schema())));
        } catch (InvalidGrammarException e) {
          throw e.at(pattern.schema().pointer());
        }
      }
    }
    return found;
  }
}
