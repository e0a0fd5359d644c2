package io.anyserve.grammar.schema;

import io.anyserve.grammar.regular.Term;
import io.anyserve.grammar.regular.Terms;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Objects that match all of some parts.
 *
 * @param max properties at most, or {@link Terms#UNBOUNDED}
 */
record ObjectShape(List<Part> parts, Set<String> required, int min, int max) {

  static final ObjectShape ANY = new ObjectShape(List.of(), Set.of(), 0, Terms.UNBOUNDED);

  /** What one schema says of an object's properties. */
  record Part(
      Map<String, Conjunction> properties,
      List<NamePattern> patterns,
      Conjunction others,
      Optional<Conjunction> names) {

    /** Of a property that it names, or that its patterns match. */
    Conjunction of(String name) {
      Conjunction found = Conjunction.ANY;
      boolean any = properties.containsKey(name);
      if (any) {
        found = properties.getOrDefault(name, found);
      }
      for (NamePattern pattern : patterns) {
        if (pattern.matches(name)) {
          found = found.and(pattern.value);
          any = true;
        }
      }
      return any ? found : others;
    }
  }

  /**
   * Properties whose names match a pattern.
   *
   * @param name what the pattern matches, between the quotes
   */
  record NamePattern(Term name, Conjunction value) {

    boolean matches(String property) {
      return Names.matches(name, property);
    }
  }

  ObjectShape and(ObjectShape other) {
    List<Part> both = new ArrayList<>(parts);
    both.addAll(other.parts);
    Set<String> all = new LinkedHashSet<>(required);
    all.addAll(other.required);
    return new ObjectShape(both, all, Math.max(min, other.min), ArrayShape.lower(max, other.max));
  }

  /** All names that are listed, in their order. */
  Set<String> listed() {
    Set<String> names = new LinkedHashSet<>();
    parts.forEach(part -> names.addAll(part.properties.keySet()));
    names.addAll(required);
    return names;
  }
}
