package io.anyserve.grammar.schema;

import io.anyserve.grammar.regular.Terms;
import java.util.ArrayList;
import java.util.List;

/**
 * Arrays.
 *
 * @param first of the first elements
 * @param others of those behind them
 * @param max elements at most, or {@link Terms#UNBOUNDED}
 */
record ArrayShape(List<Conjunction> first, Conjunction others, int min, int max) {

  static final ArrayShape ANY = new ArrayShape(List.of(), Conjunction.ANY, 0, Terms.UNBOUNDED);

  ArrayShape {
    first = List.copyOf(first);
  }

  Conjunction element(int index) {
    return index < first.size() ? first.get(index) : others;
  }

  ArrayShape and(ArrayShape other) {
    List<Conjunction> elements = new ArrayList<>();
    for (int i = 0; i < Math.max(first.size(), other.first.size()); i++) {
      elements.add(element(i).and(other.element(i)));
    }
    return new ArrayShape(
        elements, others.and(other.others), Math.max(min, other.min), lower(max, other.max));
  }

  static int lower(int one, int two) {
    return one == Terms.UNBOUNDED ? two : two == Terms.UNBOUNDED ? one : Math.min(one, two);
  }
}
