package io.anyserve.grammar.schema;

import io.anyserve.grammar.regular.JsonTerms;
import io.anyserve.grammar.regular.Term;
import io.anyserve.grammar.regular.Terms;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Values of one place by their kinds, with the properties of objects worked out. */
record PlannedValue(Shape shape, List<ObjectPlan> objects) {

  PlannedValue {
    objects = List.copyOf(objects);
  }

  /** Null, true, false, numbers and strings, as they are written. */
  Term scalar(Terms terms) {
    Term string =
        shape.strings() == JsonTerms.STRING_BODY
            ? JsonTerms.STRING
            : JsonTerms.quoted(terms, shape.strings());
    return terms.union(shape.words(), shape.numbers(), string);
  }

  List<ArrayShape> arrays() {
    return shape.arrays();
  }

  /** What elements and properties must match. */
  List<Conjunction> children() {
    List<Conjunction> children = new ArrayList<>();
    for (ArrayShape array : shape.arrays()) {
      children.addAll(array.first());
      children.add(array.others());
    }
    for (ObjectPlan object : objects) {
      object.listed().forEach(slot -> children.add(slot.value()));
      object.others().forEach(others -> children.add(others.value()));
    }
    return children;
  }

  /** Whether there is such a value, if those of the children exist. */
  boolean productive(Predicate<Conjunction> productive) {
    return !shape.words().isNothing()
        || !shape.numbers().isNothing()
        || !shape.strings().isNothing()
        || shape.arrays().stream().anyMatch(array -> productive(array, productive))
        || objects.stream().anyMatch(object -> object.productive(productive));
  }

  private static boolean productive(ArrayShape array, Predicate<Conjunction> productive) {
    if (array.max() != Terms.UNBOUNDED && array.min() > array.max()) {
      return false;
    }
    int listed = Math.min(array.min(), array.first().size());
    for (int i = 0; i < listed; i++) {
      if (!productive.test(array.element(i))) {
        return false;
      }
    }
    return array.min() <= array.first().size() || productive.test(array.others());
  }
}
