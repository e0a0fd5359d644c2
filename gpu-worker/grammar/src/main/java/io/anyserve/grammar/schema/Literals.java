package io.anyserve.grammar.schema;

import io.anyserve.grammar.regular.Numbers;
import io.anyserve.grammar.regular.Spelling;
import io.anyserve.grammar.regular.Terms;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The one value of {@code const}, and each of {@code enum}. */
final class Literals {

  private final Terms terms;

  Literals(Terms terms) {
    this.terms = terms;
  }

  Shape shape(Conjunct value) {
    JsonNode node = value.node();
    Shape never = Shape.never(terms);
    return switch (node.getNodeType()) {
      case NULL, BOOLEAN -> never.words(terms.literal(node.toString()));
      case NUMBER ->
          never.numbers(new Numbers(terms).value(Keywords.bounded(value.pointer(), node)));
      case STRING ->
          never.strings(
              terms.literal(
                  Spelling.JSON.of(Keywords.written(value.pointer(), node.stringValue()))));
      case ARRAY -> never.arrays(List.of(array(value)));
      case OBJECT -> never.objects(List.of(object(value)));
      case BINARY, MISSING, POJO ->
          throw new IllegalArgumentException(node.getNodeType() + " (expected: a JSON value)");
    };
  }

  private static ArrayShape array(Conjunct value) {
    List<Conjunction> elements = new ArrayList<>();
    for (int i = 0; i < value.node().size(); i++) {
      elements.add(Conjunction.of(value.value(String.valueOf(i), value.node().get(i))));
    }
    return new ArrayShape(elements, Conjunction.NEVER, elements.size(), elements.size());
  }

  private static ObjectShape object(Conjunct value) {
    Map<String, Conjunction> properties = new LinkedHashMap<>();
    value
        .node()
        .forEachEntry(
            (name, node) ->
                properties.put(
                    Keywords.written(value.pointer(), name),
                    Conjunction.of(value.value(name, node))));
    var part = new ObjectShape.Part(properties, List.of(), Conjunction.NEVER, Optional.empty());
    return new ObjectShape(
        List.of(part), properties.keySet(), properties.size(), properties.size());
  }
}
