package io.anyserve.grammar.schema;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.BooleanNode;

/** Parts of schemas that a value must match all at once; none of them allow any value. */
record Conjunction(Set<Conjunct> conjuncts) {

  static final Conjunction ANY = new Conjunction(Set.of());
  static final Conjunction NEVER = of(new Conjunct("", BooleanNode.FALSE, false));

  Conjunction {
    conjuncts = Collections.unmodifiableSet(new LinkedHashSet<>(conjuncts));
  }

  static Conjunction of(Conjunct... conjuncts) {
    return new Conjunction(new LinkedHashSet<>(List.of(conjuncts)));
  }

  /** Whether it is plain that no value matches. */
  boolean never() {
    return conjuncts.stream()
        .anyMatch(one -> one.node().isBoolean() && !one.literal() && !one.node().booleanValue());
  }

  Conjunction and(Conjunction other) {
    Set<Conjunct> both = new LinkedHashSet<>(conjuncts);
    both.addAll(other.conjuncts);
    return new Conjunction(both);
  }
}
