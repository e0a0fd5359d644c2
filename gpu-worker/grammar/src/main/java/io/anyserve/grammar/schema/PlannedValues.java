package io.anyserve.grammar.schema;

import io.anyserve.grammar.regular.InvalidGrammarException;
import io.anyserve.grammar.regular.Terms;
import io.anyserve.grammar.schema.SchemaReader.Disjointness;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** All values that a schema leads to, and which of them can be written in the end. */
final class PlannedValues {

  private static final int MOST_VALUES = 20_000;

  private final SchemaReader reader;
  private final ObjectPlanner planner;
  private final Map<Conjunction, PlannedValue> values = new LinkedHashMap<>();
  private Set<Conjunction> productive = Set.of();

  private PlannedValues(Terms terms, SchemaDocument document) {
    this.reader = new SchemaReader(terms, document);
    this.planner = new ObjectPlanner(terms, reader);
  }

  /**
   * What the root leads to.
   *
   * @throws InvalidGrammarException also where alternatives of {@code oneOf} share a value
   */
  static PlannedValues of(Terms terms, SchemaDocument document, Conjunction root) {
    var planned = new PlannedValues(terms, document);
    planned.plan(root);
    planned.productive = planned.completable();
    planned.refuseCommonValues();
    planned.productive = planned.completable();
    return planned;
  }

  PlannedValue of(Conjunction value) {
    return Objects.requireNonNull(values.get(value), "value: unplanned (expected: planned)");
  }

  boolean productive(Conjunction value) {
    return productive.contains(value);
  }

  private void plan(Conjunction root) {
    Deque<Conjunction> open = new ArrayDeque<>(List.of(root));
    while (!open.isEmpty()) {
      Conjunction value = open.pop();
      if (!values.containsKey(value)) {
        if (values.size() >= MOST_VALUES) {
          throw InvalidGrammarException.at(
              "#", "too complex", "at most " + MOST_VALUES + " places and their combinations");
        }
        PlannedValue planned = planned(value);
        values.put(value, planned);
        planned.children().forEach(open::push);
      }
    }
  }

  private PlannedValue planned(Conjunction value) {
    Shape shape = reader.shape(value);
    try {
      return new PlannedValue(shape, shape.objects().stream().map(planner::plan).toList());
    } catch (InvalidGrammarException e) {
      throw e.at(value.conjuncts().isEmpty() ? "#" : value.conjuncts().iterator().next().pointer());
    }
  }

  private void refuseCommonValues() {
    List<Disjointness> found = reader.disjoint();
    while (!found.isEmpty()) {
      found.forEach(one -> plan(one.both()));
      productive = completable();
      for (Disjointness one : found) {
        if (productive(one.both())) {
          throw InvalidGrammarException.at(
              one.pointer(),
              "alternatives that may match the same value",
              "alternatives that exclude each other, or anyOf");
        }
      }
      found = reader.disjoint();
    }
  }

  /** The smallest set in which every value needs others of the set only. */
  private Set<Conjunction> completable() {
    Set<Conjunction> found = new HashSet<>();
    boolean changed = true;
    while (changed) {
      changed = false;
      for (Map.Entry<Conjunction, PlannedValue> value : values.entrySet()) {
        if (!found.contains(value.getKey()) && value.getValue().productive(found::contains)) {
          found.add(value.getKey());
          changed = true;
        }
      }
    }
    return found;
  }
}
