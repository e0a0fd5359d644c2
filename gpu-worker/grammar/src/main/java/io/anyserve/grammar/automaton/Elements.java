package io.anyserve.grammar.automaton;

import io.anyserve.grammar.regular.Term;
import io.anyserve.grammar.regular.Terms;
import java.util.List;
import java.util.Optional;

/**
 * An array.
 *
 * @param first productions of the first elements
 * @param others of those behind them; nothing where there may be none
 * @param max elements at most, or {@link Terms#UNBOUNDED}
 */
public record Elements(
    Punctuation punctuation, List<Production> first, Optional<Production> others, int min, int max)
    implements Production {

  public Elements {
    first = List.copyOf(first);
  }

  /** The words between the elements. */
  Term close(int count) {
    return count == 0 ? punctuation.emptyArray() : punctuation.closeArray();
  }

  Optional<Production> element(int index) {
    if (max != Terms.UNBOUNDED && index >= max) {
      return Optional.empty();
    }
    return index < first.size() ? Optional.of(first.get(index)) : others;
  }

  /** Elements that were written, or fewer where more make no difference. */
  int counted(int count) {
    return max == Terms.UNBOUNDED
        ? Math.min(count, Math.max(1, Math.max(min, first.size())))
        : count;
  }
}
