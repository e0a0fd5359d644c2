package io.anyserve.grammar;

import io.anyserve.grammar.automaton.Production;
import io.anyserve.grammar.automaton.Production.Alternatives;
import io.anyserve.grammar.automaton.Production.Rule;
import io.anyserve.grammar.automaton.Production.Series;
import io.anyserve.grammar.automaton.Production.Word;
import io.anyserve.grammar.regular.Exploration;
import io.anyserve.grammar.regular.JsonTerms;
import io.anyserve.grammar.regular.Patterns;
import io.anyserve.grammar.regular.Spelling;
import io.anyserve.grammar.regular.Term;
import io.anyserve.grammar.regular.Terms;
import java.util.ArrayList;
import java.util.List;

/** Makes the productions of free text, in which documents follow triggers. */
final class FreeText {

  private final Terms terms = JsonTerms.terms();

  /** All bytes, not only UTF-8: a token may end within a character. */
  private final Term anything = terms.complement(terms.nothing());

  private final Term something = terms.complement(terms.empty());

  private FreeText() {}

  static Production of(List<Trigger> first, List<Trigger> later) {
    var free = new FreeText();
    var rest = new Rule();
    rest.define(free.text(later, rest));
    Production whole = free.text(first, rest);
    free.terms.complete();
    return whole;
  }

  /** Any UTF-8 in which none of the marks comes up. */
  static Production without(List<Mark> marks) {
    var free = new FreeText();
    Term marked = free.terms.concat(free.anything, free.anyOf(marks), free.anything);
    Term text = new Patterns(free.terms, Spelling.PLAIN).whole("[\\s\\S]*");
    Term without =
        Exploration.withoutDeadEnds(free.terms.intersection(text, free.terms.complement(marked)));
    free.terms.complete();
    return new Word(without);
  }

  /**
   * Text without a trigger, or up to the first one, its document, and the rest. A text is triggered
   * as soon as it ends with a trigger, so none goes on past one.
   */
  private Production text(List<Trigger> triggers, Production rest) {
    List<Term> openings = triggers.stream().map(this::opening).toList();
    Term opened = terms.union(openings);
    Term past = terms.concat(opened, something);
    List<Production> parts = new ArrayList<>();
    parts.add(word(terms.complement(terms.concat(opened, anything))));
    for (int i = 0; i < triggers.size(); i++) {
      Term first = terms.intersection(openings.get(i), terms.complement(past));
      parts.add(new Series(List.of(word(first), triggers.get(i).document().production(), rest)));
    }
    return new Alternatives(parts);
  }

  private static Production word(Term term) {
    return new Word(Exploration.withoutDeadEnds(term));
  }

  private Term opening(Trigger trigger) {
    Term prefix = new Patterns(terms, Spelling.PLAIN).whole(trigger.prefix());
    return trigger.marks().isEmpty()
        ? prefix
        : terms.concat(anything, anyOf(trigger.marks()), prefix);
  }

  private Term anyOf(List<Mark> marks) {
    return terms.union(marks.stream().map(mark -> terms.literal(mark.bytes())).toList());
  }
}
