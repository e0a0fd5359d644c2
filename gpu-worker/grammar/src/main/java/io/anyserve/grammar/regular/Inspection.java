package io.anyserve.grammar.regular;

import io.anyserve.grammar.regular.Form.Complement;
import io.anyserve.grammar.regular.Form.Concat;
import io.anyserve.grammar.regular.Form.Empty;
import io.anyserve.grammar.regular.Form.Intersection;
import io.anyserve.grammar.regular.Form.Multiple;
import io.anyserve.grammar.regular.Form.Nothing;
import io.anyserve.grammar.regular.Form.OneOf;
import io.anyserve.grammar.regular.Form.Repetition;
import io.anyserve.grammar.regular.Form.Union;

/** What a form says of its texts without looking at any. */
final class Inspection {

  private Inspection() {}

  /** Whether the empty text is one of them. */
  static boolean nullable(Form form) {
    return switch (form) {
      case Nothing() -> false;
      case Empty() -> true;
      case OneOf(ByteSet _) -> false;
      case Concat(Term head, Term tail) -> head.nullable() && tail.nullable();
      case Union(var terms) -> terms.stream().anyMatch(Term::nullable);
      case Intersection(var terms) -> terms.stream().allMatch(Term::nullable);
      case Complement(Term term) -> !term.nullable();
      case Repetition(Term _, int min, int _) -> min == 0;
      case Multiple(int _, int remainder) -> remainder == 0;
    };
  }

  /** The highest bound of its repetitions. */
  static int counter(Form form) {
    return switch (form) {
      case Nothing(), Empty(), OneOf(ByteSet _), Multiple(int _, int _) -> 0;
      case Concat(Term head, Term tail) -> Math.max(head.counter(), tail.counter());
      case Union(var terms) -> terms.stream().mapToInt(Term::counter).max().orElse(0);
      case Intersection(var terms) -> terms.stream().mapToInt(Term::counter).max().orElse(0);
      case Complement(Term term) -> term.counter();
      case Repetition(Term term, int min, int max) ->
          Math.max(term.counter(), max == Terms.UNBOUNDED ? min : max);
    };
  }

  /** Whether it may have no text although it is not {@link Nothing}. */
  static boolean boolish(Form form) {
    return switch (form) {
      case Nothing(), Empty(), OneOf(ByteSet _), Multiple(int _, int _) -> false;
      case Concat(Term head, Term tail) -> head.boolish() || tail.boolish();
      case Union(var terms) -> terms.stream().anyMatch(Term::boolish);
      case Intersection(var _), Complement(Term _) -> true;
      case Repetition(Term term, int _, int _) -> term.boolish();
    };
  }
}
