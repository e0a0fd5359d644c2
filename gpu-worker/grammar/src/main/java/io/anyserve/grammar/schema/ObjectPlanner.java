package io.anyserve.grammar.schema;

import io.anyserve.grammar.regular.Exploration;
import io.anyserve.grammar.regular.InvalidGrammarException;
import io.anyserve.grammar.regular.JsonTerms;
import io.anyserve.grammar.regular.Term;
import io.anyserve.grammar.regular.Terms;
import io.anyserve.grammar.schema.ObjectPlan.Others;
import io.anyserve.grammar.schema.ObjectPlan.Slot;
import io.anyserve.grammar.schema.ObjectShape.NamePattern;
import io.anyserve.grammar.schema.ObjectShape.Part;
import java.util.ArrayList;
import java.util.List;

/** Finds out which properties an object may have, and what each of them must match. */
final class ObjectPlanner {

  private static final int MOST_PATTERNS = 8;

  private final Terms terms;
  private final SchemaReader reader;

  ObjectPlanner(Terms terms, SchemaReader reader) {
    this.terms = terms;
    this.reader = reader;
  }

  ObjectPlan plan(ObjectShape shape) {
    Term names = names(shape);
    List<Slot> listed = new ArrayList<>();
    for (String name : shape.listed()) {
      Conjunction value = Conjunction.ANY;
      for (Part part : shape.parts()) {
        value = value.and(part.of(name));
      }
      boolean allowed = names == JsonTerms.NAME_BODY || Names.matches(names, name);
      listed.add(
          new Slot(name, allowed ? value : Conjunction.NEVER, shape.required().contains(name)));
    }
    return new ObjectPlan(listed, others(shape, names), shape.min(), shape.max());
  }

  /** All names that are allowed, between their quotes. */
  private Term names(ObjectShape shape) {
    Term names = JsonTerms.NAME_BODY;
    for (Part part : shape.parts()) {
      if (part.names().isPresent()) {
        Term allowed = reader.shape(part.names().get()).strings();
        if (allowed != JsonTerms.STRING_BODY) {
          names = terms.intersection(names, allowed);
        }
      }
    }
    return names == JsonTerms.NAME_BODY ? names : Exploration.withoutDeadEnds(names);
  }

  /** Each set of patterns that a name may match makes a kind of its own. */
  private List<Others> others(ObjectShape shape, Term names) {
    List<NamePattern> patterns =
        shape.parts().stream().flatMap(part -> part.patterns().stream()).distinct().toList();
    if (patterns.size() > MOST_PATTERNS) {
      throw InvalidGrammarException.of(
          patterns.size() + " patterns of names", "at most " + MOST_PATTERNS + " for one object");
    }
    List<Others> found = new ArrayList<>();
    for (int matched = 0; matched < 1 << patterns.size(); matched++) {
      List<NamePattern> those = new ArrayList<>();
      for (int i = 0; i < patterns.size(); i++) {
        if (((matched >> i) & 1) != 0) {
          those.add(patterns.get(i));
        }
      }
      Conjunction value = value(shape, those);
      if (!value.never()) {
        Term name = name(names, patterns, those);
        if (!name.isNothing()) {
          found.add(new Others(name, value));
        }
      }
    }
    return found;
  }

  private static Conjunction value(ObjectShape shape, List<NamePattern> matched) {
    Conjunction value = Conjunction.ANY;
    for (Part part : shape.parts()) {
      boolean any = false;
      for (NamePattern pattern : part.patterns()) {
        if (matched.contains(pattern)) {
          value = value.and(pattern.value());
          any = true;
        }
      }
      value = any ? value : value.and(part.others());
    }
    return value;
  }

  private Term name(Term names, List<NamePattern> patterns, List<NamePattern> matched) {
    if (patterns.isEmpty()) {
      return names;
    }
    Term name = names;
    for (NamePattern pattern : patterns) {
      Term own = pattern.name();
      name = terms.intersection(name, matched.contains(pattern) ? own : terms.complement(own));
    }
    return Exploration.withoutDeadEnds(name);
  }
}
