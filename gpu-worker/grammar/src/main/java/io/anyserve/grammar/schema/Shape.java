package io.anyserve.grammar.schema;

import io.anyserve.grammar.regular.InvalidGrammarException;
import io.anyserve.grammar.regular.JsonTerms;
import io.anyserve.grammar.regular.Term;
import io.anyserve.grammar.regular.Terms;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;

/**
 * Values by their kinds: a union of words, numbers, strings, arrays and objects.
 *
 * @param words null, true and false
 * @param strings what stands between the quotes
 * @param arrays any of them
 * @param objects any of them
 */
record Shape(
    Term words, Term numbers, Term strings, List<ArrayShape> arrays, List<ObjectShape> objects) {

  /** Alternatives of one place in a schema. */
  private static final int MOST_ALTERNATIVES = 1000;

  Shape {
    arrays = List.copyOf(arrays);
    objects = List.copyOf(objects);
  }

  static Shape any(Terms terms) {
    return new Shape(
        terms.union(terms.literal("null"), terms.literal("true"), terms.literal("false")),
        JsonTerms.NUMBER,
        JsonTerms.STRING_BODY,
        List.of(ArrayShape.ANY),
        List.of(ObjectShape.ANY));
  }

  static Shape never(Terms terms) {
    Term nothing = terms.nothing();
    return new Shape(nothing, nothing, nothing, List.of(), List.of());
  }

  Shape words(Term term) {
    return new Shape(term, numbers, strings, arrays, objects);
  }

  Shape numbers(Term term) {
    return new Shape(words, term, strings, arrays, objects);
  }

  Shape strings(Term term) {
    return new Shape(words, numbers, term, arrays, objects);
  }

  Shape arrays(List<ArrayShape> shapes) {
    return new Shape(words, numbers, strings, shapes, objects);
  }

  Shape objects(List<ObjectShape> shapes) {
    return new Shape(words, numbers, strings, arrays, shapes);
  }

  Shape or(Terms terms, Shape other) {
    return new Shape(
        terms.union(words, other.words),
        either(terms, numbers, other.numbers, JsonTerms.NUMBER),
        either(terms, strings, other.strings, JsonTerms.STRING_BODY),
        joined(arrays, other.arrays),
        joined(objects, other.objects));
  }

  Shape and(Terms terms, Shape other) {
    return new Shape(
        both(terms, words, other.words, any(terms).words),
        both(terms, numbers, other.numbers, JsonTerms.NUMBER),
        both(terms, strings, other.strings, JsonTerms.STRING_BODY),
        pairs(arrays, other.arrays, ArrayShape::and),
        pairs(objects, other.objects, ObjectShape::and));
  }

  private static Term either(Terms terms, Term one, Term two, Term all) {
    return one == all || two == all ? all : terms.union(one, two);
  }

  private static Term both(Terms terms, Term one, Term two, Term all) {
    return one == all || one == two ? two : two == all ? one : terms.intersection(one, two);
  }

  private static <T> List<T> joined(List<T> one, List<T> two) {
    List<T> all = new ArrayList<>(one);
    two.stream().filter(shape -> !all.contains(shape)).forEach(all::add);
    return bounded(all);
  }

  private static <T> List<T> pairs(List<T> one, List<T> two, BinaryOperator<T> and) {
    List<T> all = new ArrayList<>();
    for (T left : one) {
      for (T right : two) {
        all.add(and.apply(left, right));
      }
      bounded(all);
    }
    return all;
  }

  private static <T> List<T> bounded(List<T> all) {
    if (all.size() > MOST_ALTERNATIVES) {
      throw InvalidGrammarException.of("too many alternatives", "at most " + MOST_ALTERNATIVES);
    }
    return all;
  }
}
