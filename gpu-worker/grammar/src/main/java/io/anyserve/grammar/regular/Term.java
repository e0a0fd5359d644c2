package io.anyserve.grammar.regular;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A state of a deterministic automaton over bytes: the texts that may still follow. Its successors
 * are worked out when they are first asked for. Any thread may ask.
 */
public final class Term {

  private final Terms terms;
  private final Form form;
  private final int number;
  private final boolean nullable;
  private final int counter;
  private final boolean boolish;
  private final boolean kept;

  /** By byte; entries are written again with equal terms at worst. */
  private volatile @Nullable Term @Nullable [] next;

  Term(Terms terms, Form form, int number, boolean kept) {
    this.terms = terms;
    this.form = form;
    this.number = number;
    this.kept = kept;
    this.nullable = Inspection.nullable(form);
    this.counter = Inspection.counter(form);
    this.boolish = Inspection.boolish(form);
  }

  /** What may follow a byte; {@link #isNothing} where that byte may not come. */
  public Term next(int value) {
    @Nullable Term[] memory = next;
    if (memory == null) {
      if (!kept) {
        return terms.derive(form, value);
      }
      memory = new @Nullable Term[256];
      next = memory;
    }
    Term known = memory[value];
    if (known != null) {
      return known;
    }
    Term derived = terms.derive(form, value);
    if (derived.kept) {
      Arrays.fill(memory, terms.from(value), terms.to(value) + 1, derived);
    }
    return derived;
  }

  /** Whether the text may end here. */
  public boolean nullable() {
    return nullable;
  }

  /** Whether no text is left, not even the empty one. */
  public boolean isNothing() {
    return form instanceof Form.Nothing;
  }

  /** Whether nothing but the end may follow. */
  public boolean isEmpty() {
    return form instanceof Form.Empty;
  }

  /**
   * A term that allows the same for that many bytes, and is the same for many counters.
   *
   * @param bytes more than are looked ahead
   */
  public Term within(int bytes) {
    return counter <= bytes || boolish ? this : terms.within(this, bytes);
  }

  /** Whether it has an intersection or a complement, so that it may be empty all the same. */
  boolean boolish() {
    return boolish;
  }

  int counter() {
    return counter;
  }

  public Terms terms() {
    return terms;
  }

  Form form() {
    return form;
  }

  int number() {
    return number;
  }

  /** The text cannot be completed behind that byte. */
  void forbid(int value) {
    @Nullable Term[] memory = next;
    if (memory != null) {
      memory[value] = terms.nothing();
    }
  }
}
