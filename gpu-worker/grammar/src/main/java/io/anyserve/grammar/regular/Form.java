package io.anyserve.grammar.regular;

import java.util.List;

/** How a {@link Term} is built of others. Terms are compared by identity. */
sealed interface Form {

  /** No text. */
  record Nothing() implements Form {}

  /** The empty text. */
  record Empty() implements Form {}

  /** One byte. */
  record OneOf(ByteSet bytes) implements Form {}

  /** One after the other. */
  record Concat(Term head, Term tail) implements Form {}

  /** At least one of them, in the order of their numbers. */
  record Union(List<Term> terms) implements Form {}

  /** All of them at once, in the order of their numbers. */
  record Intersection(List<Term> terms) implements Form {}

  /** Every text but these. */
  record Complement(Term term) implements Form {}

  /**
   * A term again and again.
   *
   * @param max {@link Terms#UNBOUNDED} for no bound
   */
  record Repetition(Term term, int min, int max) implements Form {}

  /** Decimal digits of a number that leaves no remainder, behind digits that left one. */
  record Multiple(int divisor, int remainder) implements Form {}
}
