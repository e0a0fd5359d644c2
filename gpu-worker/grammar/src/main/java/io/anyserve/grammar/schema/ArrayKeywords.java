package io.anyserve.grammar.schema;

import io.anyserve.grammar.regular.Terms;
import java.util.List;

/** The keywords of arrays. */
final class ArrayKeywords {

  Shape shape(Shape any, Keywords schema, String keyword) {
    return switch (keyword) {
      case "minItems" -> sized(any, schema.count(keyword), Terms.UNBOUNDED);
      case "maxItems" -> sized(any, 0, schema.count(keyword));
      case "uniqueItems" -> {
        boolean few = schema.has("maxItems") && schema.count("maxItems") <= 1;
        if (schema.bool(keyword) && !few) {
          throw schema.refusal(keyword, "false");
        }
        yield any;
      }
      case "prefixItems" -> elements(any, schema.children(keyword), rest(schema, "items"));
      case "items" -> items(any, schema);
      default -> any;
    };
  }

  /** Draft 7 lists the first elements here; their rest is then another keyword. */
  private static Shape items(Shape any, Keywords schema) {
    if (schema.value("items").isArray()) {
      if (schema.has("prefixItems")) {
        throw schema.refusal("items", "a schema beside prefixItems");
      }
      return schema.value("items").isEmpty()
          ? elements(any, List.of(), rest(schema, "additionalItems"))
          : elements(any, schema.children("items"), rest(schema, "additionalItems"));
    }
    return schema.has("prefixItems") ? any : elements(any, List.of(), rest(schema, "items"));
  }

  private static Conjunction rest(Keywords schema, String keyword) {
    return schema.has(keyword) ? Conjunction.of(schema.child(keyword)) : Conjunction.ANY;
  }

  private static Shape elements(Shape any, List<Conjunct> first, Conjunction others) {
    List<Conjunction> elements = first.stream().map(Conjunction::of).toList();
    return any.arrays(List.of(new ArrayShape(elements, others, 0, Terms.UNBOUNDED)));
  }

  private static Shape sized(Shape any, int min, int max) {
    return any.arrays(List.of(new ArrayShape(List.of(), Conjunction.ANY, min, max)));
  }
}
