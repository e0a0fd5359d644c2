package io.anyserve.grammar.schema;

import io.anyserve.grammar.regular.Exploration;
import io.anyserve.grammar.regular.InvalidGrammarException;
import io.anyserve.grammar.regular.JsonTerms;
import io.anyserve.grammar.regular.Numbers;
import io.anyserve.grammar.regular.Term;
import io.anyserve.grammar.regular.Terms;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads what schemas say of a value, keyword by keyword. Schemas of elements and properties stay
 * unread, so that they may refer to those around them.
 */
final class SchemaReader {

  private final Terms terms;
  private final SchemaDocument document;
  private final Literals literals;
  private final StringKeywords strings;
  private final ArrayKeywords arrays = new ArrayKeywords();
  private final ObjectKeywords objects;
  private final Map<Conjunct, Shape> known = new LinkedHashMap<>();
  private final Set<Conjunct> reading = new LinkedHashSet<>();
  private final List<Disjointness> disjoint = new ArrayList<>();
  private final Set<String> compared = new LinkedHashSet<>();

  /** Schemas of which no value may match both. */
  record Disjointness(String pointer, Conjunction both) {}

  SchemaReader(Terms terms, SchemaDocument document) {
    this.terms = terms;
    this.document = document;
    this.literals = new Literals(terms);
    this.strings = new StringKeywords(terms);
    this.objects = new ObjectKeywords(terms);
  }

  /** Values that match everything, without those that end nowhere. */
  Shape shape(Conjunction conjunction) {
    Shape all = Shape.any(terms);
    String place = "#";
    for (Conjunct conjunct : conjunction.conjuncts()) {
      place = conjunct.pointer();
      all = all.and(terms, shape(conjunct));
    }
    try {
      return all.words(Exploration.checked(all.words()))
          .numbers(Exploration.checked(all.numbers()))
          .strings(Exploration.checked(all.strings()));
    } catch (InvalidGrammarException e) {
      throw e.at(place);
    }
  }

  /** What must not match any value, found since the last call. */
  List<Disjointness> disjoint() {
    List<Disjointness> found = List.copyOf(disjoint);
    disjoint.clear();
    return found;
  }

  private Shape shape(Conjunct conjunct) {
    Shape ready = known.get(conjunct);
    if (ready != null) {
      return ready;
    }
    if (!reading.add(conjunct)) {
      throw InvalidGrammarException.at(
          conjunct.pointer(),
          "a schema that refers to itself",
          "a property or an element between the two");
    }
    try {
      Shape shape = read(conjunct);
      known.put(conjunct, shape);
      return shape;
    } catch (InvalidGrammarException e) {
      throw e.at(conjunct.pointer());
    } finally {
      reading.remove(conjunct);
    }
  }

  private Shape read(Conjunct conjunct) {
    if (conjunct.literal()) {
      return literals.shape(conjunct);
    }
    if (conjunct.node().isBoolean()) {
      return conjunct.node().booleanValue() ? Shape.any(terms) : Shape.never(terms);
    }
    var keywords = new Keywords(conjunct);
    Shape shape = Shape.any(terms);
    for (String keyword : keywords.names()) {
      try {
        shape = shape.and(terms, read(keywords, keyword));
      } catch (InvalidGrammarException e) {
        throw e.at(keywords.place(keyword));
      }
    }
    return shape;
  }

  private Shape read(Keywords schema, String keyword) {
    Shape any = Shape.any(terms);
    return switch (keyword) {
      case "type" -> type(schema);
      case "const" -> shape(schema.schema().value(keyword, schema.value(keyword)));
      case "enum" -> oneOfValues(schema);
      case "$ref" -> shape(document.referred(schema.place(keyword), schema.string(keyword)));
      case "allOf" -> all(schema.children(keyword));
      case "anyOf" -> any(schema.children(keyword));
      case "not" -> not(schema);
      case "oneOf" -> {
        compare(schema);
        yield any(schema.children(keyword));
      }
      case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf" ->
          any.numbers(number(schema, keyword));
      case "minLength", "maxLength", "pattern", "format" -> strings.shape(any, schema, keyword);
      case "items", "prefixItems", "additionalItems", "minItems", "maxItems", "uniqueItems" ->
          arrays.shape(any, schema, keyword);
      case "properties",
          "required",
          "additionalProperties",
          "patternProperties",
          "propertyNames",
          "minProperties",
          "maxProperties" ->
          objects.shape(any, schema, keyword);
      default ->
          throw InvalidGrammarException.at(
              schema.place(keyword), "unsupported keyword", "one that is supported");
    };
  }

  private Shape type(Keywords schema) {
    JsonNode type = schema.value("type");
    List<String> names = type.isString() ? List.of(type.stringValue()) : schema.strings("type");
    Shape all = Shape.never(terms);
    Shape any = Shape.any(terms);
    for (String name : names) {
      all =
          switch (name) {
            case "null" -> all.words(terms.union(all.words(), terms.literal("null")));
            case "boolean" ->
                all.words(terms.union(all.words(), terms.literal("true"), terms.literal("false")));
            case "number" -> all.numbers(any.numbers());
            case "integer" -> all.numbers().isNothing() ? all.numbers(JsonTerms.INTEGER) : all;
            case "string" -> all.strings(any.strings());
            case "array" -> all.arrays(any.arrays());
            case "object" -> all.objects(any.objects());
            default ->
                throw schema.refusal(
                    "type", "null, boolean, integer, number, string, array or object");
          };
    }
    return all;
  }

  /** Of schemas that are nothing but types, and of those that any value or none matches. */
  private Shape not(Keywords schema) {
    var inner = new Keywords(schema.child("not"));
    Shape any = Shape.any(terms);
    if (inner.schema().node().isBoolean()) {
      return inner.schema().node().booleanValue() ? Shape.never(terms) : any;
    }
    List<String> keywords = inner.names();
    if (keywords.isEmpty()) {
      return Shape.never(terms);
    }
    Shape types = keywords.equals(List.of("type")) ? type(inner) : any;
    if (!keywords.equals(List.of("type")) || types.numbers() == JsonTerms.INTEGER) {
      throw schema.refusal("not", "{} or types, of which integer is none");
    }
    return any.words(
            Exploration.checked(terms.intersection(any.words(), terms.complement(types.words()))))
        .numbers(types.numbers().isNothing() ? any.numbers() : terms.nothing())
        .strings(types.strings().isNothing() ? any.strings() : terms.nothing())
        .arrays(types.arrays().isEmpty() ? any.arrays() : List.of())
        .objects(types.objects().isEmpty() ? any.objects() : List.of());
  }

  private Shape oneOfValues(Keywords schema) {
    JsonNode values = schema.value("enum");
    if (!values.isArray() || values.isEmpty()) {
      throw schema.refusal("enum", "an array of values");
    }
    Conjunct place = schema.schema().value("enum", values);
    List<Conjunct> all = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      all.add(place.value(String.valueOf(i), values.get(i)));
    }
    return any(all);
  }

  private Shape all(List<Conjunct> schemas) {
    Shape shape = Shape.any(terms);
    for (Conjunct schema : schemas) {
      shape = shape.and(terms, shape(schema));
    }
    return shape;
  }

  private Shape any(List<Conjunct> schemas) {
    Shape union = Shape.never(terms);
    for (Conjunct schema : schemas) {
      union = union.or(terms, shape(schema));
    }
    return union;
  }

  /** Two alternatives must have no value in common that the rest of the schema allows. */
  private void compare(Keywords schema) {
    if (!compared.add(schema.schema().pointer())) {
      return;
    }
    List<Conjunct> branches = schema.children("oneOf");
    ObjectNode rest = ((ObjectNode) schema.schema().node()).deepCopy();
    rest.remove("oneOf");
    Conjunction base = Conjunction.of(new Conjunct(schema.schema().pointer() + "?", rest, false));
    for (int i = 0; i < branches.size(); i++) {
      for (int j = i + 1; j < branches.size(); j++) {
        Conjunction both = base.and(Conjunction.of(branches.get(i), branches.get(j)));
        disjoint.add(new Disjointness(schema.place("oneOf"), both));
      }
    }
  }

  private Term number(Keywords schema, String keyword) {
    JsonNode value = schema.value(keyword);
    if (value.isBoolean() && keyword.startsWith("exclusive")) {
      return JsonTerms.NUMBER;
    }
    var numbers = new Numbers(terms);
    var number = schema.number(keyword);
    return switch (keyword) {
      case "minimum" ->
          numbers.decimalsFrom(new Numbers.Bound(number, open(schema, "exclusiveMinimum")));
      case "maximum" ->
          numbers.decimalsTo(new Numbers.Bound(number, open(schema, "exclusiveMaximum")));
      case "exclusiveMinimum" -> numbers.decimalsFrom(new Numbers.Bound(number, true));
      case "exclusiveMaximum" -> numbers.decimalsTo(new Numbers.Bound(number, true));
      default -> numbers.multiples(number);
    };
  }

  /** As draft 4 writes it. */
  private static boolean open(Keywords schema, String keyword) {
    return schema.has(keyword)
        && schema.value(keyword).isBoolean()
        && schema.value(keyword).booleanValue();
  }
}
