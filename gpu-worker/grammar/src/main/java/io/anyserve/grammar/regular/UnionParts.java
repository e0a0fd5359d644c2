package io.anyserve.grammar.regular;

import io.anyserve.grammar.regular.Form.Concat;
import io.anyserve.grammar.regular.Form.OneOf;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Joins the terms of a union that differ in one byte set or in a beginning only. */
final class UnionParts {

  private UnionParts() {}

  static Set<Term> merged(Terms terms, Set<Term> parts) {
    ByteSet bytes = ByteSet.NONE;
    Set<Term> merged = new LinkedHashSet<>();
    Map<Term, List<Term>> byTail = new LinkedHashMap<>();
    for (Term part : parts) {
      switch (part.form()) {
        case OneOf(ByteSet own) -> bytes = bytes.or(own);
        case Concat(Term head, Term tail) ->
            byTail.computeIfAbsent(tail, _ -> new ArrayList<>()).add(head);
        case Form.Nothing(), Form.Empty(), Form.Multiple(int _, int _) -> merged.add(part);
        case Form.Union(var _), Form.Intersection(var _), Form.Complement(Term _) ->
            merged.add(part);
        case Form.Repetition(Term _, int _, int _) -> merged.add(part);
      }
    }
    if (!bytes.isEmpty()) {
      merged.add(terms.oneOf(bytes));
    }
    byTail.forEach((tail, heads) -> merged.add(terms.concat(terms.union(heads), tail)));
    return merged;
  }
}
