package io.anyserve.grammar.schema;

import io.anyserve.grammar.regular.Term;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Objects as they are written: listed properties in their order, then others.
 *
 * @param others by disjoint sets of names
 * @param max properties at most, or unbounded
 */
record ObjectPlan(List<Slot> listed, List<Others> others, int min, int max) {

  /** A property with a name of its own. */
  record Slot(String name, Conjunction value, boolean required) {}

  /**
   * Properties of many names.
   *
   * @param name what stands between the quotes
   */
  record Others(Term name, Conjunction value) {}

  ObjectPlan {
    listed = List.copyOf(listed);
    others = List.copyOf(others);
  }

  Set<String> names() {
    return Set.copyOf(listed.stream().map(Slot::name).toList());
  }

  /** Without the optional properties that no value can have. */
  ObjectPlan possible(Predicate<Conjunction> productive) {
    return new ObjectPlan(
        listed.stream().filter(slot -> slot.required || productive.test(slot.value)).toList(),
        others.stream().filter(other -> productive.test(other.value)).toList(),
        min,
        max);
  }

  /** Whether there is such an object. */
  boolean productive(Predicate<Conjunction> productive) {
    ObjectPlan possible = possible(productive);
    long required = possible.listed.stream().filter(Slot::required).count();
    return possible.listed.stream().allMatch(slot -> productive.test(slot.value))
        && (max < 0 || required <= max)
        && (max < 0 || min <= max)
        && (!possible.others.isEmpty() || possible.listed.size() >= min);
  }
}
