package io.anyserve.jinja.value;

import java.util.BitSet;

/** Joins texts and keeps the origin of each character, within the budget. */
public final class TextBuilder {

  private final RenderBudget budget;
  private final StringBuilder value = new StringBuilder();
  private final BitSet user = new BitSet();

  public TextBuilder(RenderBudget budget) {
    this.budget = budget;
  }

  public static TrackedText concatenation(
      RenderBudget budget, TrackedText first, TrackedText second) {
    return new TextBuilder(budget).append(first).append(second).text();
  }

  /** Adds what the template or the renderer wrote. */
  public TextBuilder append(String text) {
    reserve(text.length());
    value.append(text);
    return this;
  }

  public TextBuilder append(TrackedText text) {
    return append(text, 0, text.value().length());
  }

  public TextBuilder append(TrackedText text, int from, int to) {
    reserve(to - from);
    int shift = value.length() - from;
    value.append(text.value(), from, to);
    for (int run = from; run < to; run = text.runEnd(run)) {
      if (text.isUser(run)) {
        user.set(run + shift, Math.min(text.runEnd(run), to) + shift);
      }
    }
    return this;
  }

  public TextBuilder repeat(TrackedText text, long count) {
    if (!text.value().isEmpty() && count > 0) {
      budget.text(count);
      budget.text(count * text.value().length());
      for (long i = 0; i < count; i++) {
        append(text);
      }
    }
    return this;
  }

  int length() {
    return value.length();
  }

  boolean endsWith(char c) {
    return !value.isEmpty() && value.charAt(value.length() - 1) == c;
  }

  public TrackedText text() {
    return new TrackedText(value.toString(), (BitSet) user.clone());
  }

  private void reserve(int length) {
    budget.copy(length);
    budget.text((long) value.length() + length);
  }
}
