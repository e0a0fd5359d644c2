package io.anyserve.grammar.schema;

import io.anyserve.grammar.automaton.Elements;
import io.anyserve.grammar.automaton.Members;
import io.anyserve.grammar.automaton.Production;
import io.anyserve.grammar.automaton.Production.Alternatives;
import io.anyserve.grammar.automaton.Production.Rule;
import io.anyserve.grammar.automaton.Production.Word;
import io.anyserve.grammar.automaton.Punctuation;
import io.anyserve.grammar.regular.Exploration;
import io.anyserve.grammar.regular.InvalidGrammarException;
import io.anyserve.grammar.regular.JsonTerms;
import io.anyserve.grammar.regular.Term;
import io.anyserve.grammar.regular.Terms;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Turns a schema into the production of its documents. */
public final class SchemaCompiler {

  private final Terms terms;
  private final Punctuation punctuation;
  private final PlannedValues values;
  private final Map<Conjunction, Rule> rules = new LinkedHashMap<>();

  private SchemaCompiler(Terms terms, PlannedValues values) {
    this.terms = terms;
    this.punctuation = Punctuation.of(terms);
    this.values = values;
  }

  /**
   * The production of a schema's documents.
   *
   * @throws InvalidGrammarException where it is no schema, uses what is not supported, or describes
   *     no document
   */
  public static Production compile(String schema) {
    return compile(SchemaDocument.parse(schema));
  }

  private static Production compile(SchemaDocument document) {
    Terms terms = JsonTerms.terms();
    Conjunction root = Conjunction.of(document.root());
    var values = PlannedValues.of(terms, document, root);
    if (!values.productive(root)) {
      throw InvalidGrammarException.at(
          "#", document.root().node().toString(), "a schema that some document matches");
    }
    Production production = new SchemaCompiler(terms, values).define(root);
    terms.complete();
    return production;
  }

  /** Defines what a value refers to until nothing is left. */
  private Production define(Conjunction root) {
    Rule first = rule(root);
    List<Conjunction> open = List.of(root);
    while (!open.isEmpty()) {
      int before = rules.size();
      for (Conjunction value : open) {
        rule(value).define(production(value));
      }
      open = rules.keySet().stream().skip(before).toList();
    }
    return first;
  }

  private Rule rule(Conjunction value) {
    return rules.computeIfAbsent(value, _ -> new Rule());
  }

  private Production production(Conjunction value) {
    PlannedValue plan = values.of(value);
    List<Production> parts = new ArrayList<>();
    Term scalar = plan.scalar(terms);
    if (!scalar.isNothing()) {
      parts.add(new Word(scalar));
    }
    for (ArrayShape array : plan.arrays()) {
      elements(array).ifPresent(parts::add);
    }
    for (ObjectPlan object : plan.objects()) {
      if (object.productive(values::productive)) {
        parts.add(members(object));
      }
    }
    return parts.size() == 1 ? parts.getFirst() : new Alternatives(parts);
  }

  /** No element follows one that no value can be. */
  private Optional<Production> elements(ArrayShape array) {
    int max = array.max();
    List<Production> first = new ArrayList<>();
    for (int i = 0; i < array.first().size(); i++) {
      if (!values.productive(array.element(i))) {
        max = ArrayShape.lower(max, i);
        break;
      }
      first.add(rule(array.element(i)));
    }
    boolean others = values.productive(array.others());
    if (!others) {
      max = ArrayShape.lower(max, array.first().size());
    }
    if (max != Terms.UNBOUNDED && max < array.min()) {
      return Optional.empty();
    }
    boolean more = others && (max == Terms.UNBOUNDED || max > first.size());
    return Optional.of(
        new Elements(
            punctuation,
            first,
            more ? Optional.of(rule(array.others())) : Optional.empty(),
            array.min(),
            max));
  }

  private Production members(ObjectPlan object) {
    ObjectPlan possible = object.possible(values::productive);
    for (ObjectPlan.Others others : possible.others()) {
      if (others.name() != JsonTerms.NAME_BODY && !Exploration.neverRunsOut(others.name())) {
        throw InvalidGrammarException.of(
            "names of a pattern that has few texts", "listed properties, or a pattern with * or +");
      }
    }
    return new Members(
        terms,
        possible.listed().stream()
            .map(slot -> new Members.Property(slot.name(), rule(slot.value()), slot.required()))
            .toList(),
        possible.others().stream()
            .map(others -> new Members.Pattern(others.name(), rule(others.value())))
            .toList(),
        object.names(),
        possible.min(),
        possible.max());
  }
}
