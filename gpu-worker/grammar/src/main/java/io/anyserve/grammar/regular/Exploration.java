package io.anyserve.grammar.regular;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Looks at all states of a term ahead of time. */
public final class Exploration {

  private static final int MOST_STATES = 12_000;

  private final Map<Term, Set<Term>> successors = new HashMap<>();
  private final Map<Term, List<Term>> predecessors = new HashMap<>();
  private final Set<Term> live;

  private Exploration(Term start) {
    visit(start);
    Set<Term> ends = new HashSet<>(successors.keySet());
    ends.removeIf(term -> !term.nullable());
    live = reaching(ends);
  }

  /**
   * The term, of which no state is without an end.
   *
   * @throws InvalidGrammarException where it has too many states
   */
  public static Term withoutDeadEnds(Term term) {
    var exploration = new Exploration(term);
    exploration.forbidDeadEnds();
    return exploration.live.contains(term) ? term : term.terms().nothing();
  }

  /** The term without dead ends, looked at only where it may have some. */
  public static Term checked(Term term) {
    return term.boolish() ? withoutDeadEnds(term) : term;
  }

  /** Whether, wherever a text has got to, infinitely many texts may follow. */
  public static boolean neverRunsOut(Term term) {
    var exploration = new Exploration(term);
    exploration.forbidDeadEnds();
    return exploration.reaching(exploration.cyclic()).containsAll(exploration.live);
  }

  private void visit(Term start) {
    Deque<Term> open = new ArrayDeque<>(List.of(start));
    while (!open.isEmpty()) {
      Term term = open.pop();
      if (successors.containsKey(term)) {
        continue;
      }
      if (successors.size() >= MOST_STATES) {
        throw InvalidGrammarException.of(
            "too complex", "an automaton of at most " + MOST_STATES + " states");
      }
      Set<Term> next = next(term);
      successors.put(term, next);
      for (Term one : next) {
        predecessors.computeIfAbsent(one, _ -> new ArrayList<>()).add(term);
        open.push(one);
      }
    }
  }

  private static Set<Term> next(Term term) {
    Set<Term> next = new LinkedHashSet<>();
    Term last = term.terms().nothing();
    for (int value = 0; value < 256; value++) {
      Term one = term.next(value);
      if (one != last && !one.isNothing()) {
        next.add(one);
      }
      last = one;
    }
    return next;
  }

  /** States from which one of those can be reached, themselves among them. */
  private Set<Term> reaching(Set<Term> those) {
    Set<Term> found = new HashSet<>();
    Deque<Term> open = new ArrayDeque<>(those);
    while (!open.isEmpty()) {
      Term term = open.pop();
      if (found.add(term)) {
        predecessors.getOrDefault(term, List.of()).forEach(open::push);
      }
    }
    return found;
  }

  private void forbidDeadEnds() {
    for (Term term : successors.keySet()) {
      for (int value = 0; value < 256; value++) {
        Term next = term.next(value);
        if (!next.isNothing() && !live.contains(next)) {
          term.forbid(value);
        }
      }
    }
  }

  /** States that are left when those without live successors are taken away, again and again. */
  private Set<Term> cyclic() {
    Map<Term, Integer> left = new HashMap<>();
    Deque<Term> open = new ArrayDeque<>();
    for (Term term : live) {
      Set<Term> next = successors.getOrDefault(term, Set.of());
      int count = (int) next.stream().filter(live::contains).count();
      left.put(term, count);
      if (count == 0) {
        open.push(term);
      }
    }
    while (!open.isEmpty()) {
      Term gone = open.pop();
      left.remove(gone);
      for (Term before : predecessors.getOrDefault(gone, List.of())) {
        if (left.containsKey(before) && left.merge(before, -1, Integer::sum) == 0) {
          open.push(before);
        }
      }
    }
    return left.keySet();
  }
}
