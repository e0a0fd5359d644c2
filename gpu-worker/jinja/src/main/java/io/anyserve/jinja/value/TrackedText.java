package io.anyserve.jinja.value;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * A string that knows which of its characters came in with the request.
 *
 * <p>Equality is by characters alone: the same word is the same key, whoever wrote it. Python
 * counts code points where Java counts chars; {@link #length} and {@link #offset} translate.
 */
public final class TrackedText implements Value {

  public static final TrackedText EMPTY = template("");

  private final String value;
  private final BitSet user;

  /** The set is not copied: it must not change any more. */
  TrackedText(String value, BitSet user) {
    this.value = value;
    this.user = user;
  }

  public static TrackedText template(String value) {
    return new TrackedText(value, new BitSet());
  }

  public static TrackedText user(String value) {
    BitSet all = new BitSet(value.length());
    all.set(0, value.length());
    return new TrackedText(value, all);
  }

  public String value() {
    return value;
  }

  boolean isUser(int index) {
    return user.get(index);
  }

  /** The end of the run of one origin that begins at {@code from}. */
  int runEnd(int from) {
    int end = user.get(from) ? user.nextClearBit(from) : user.nextSetBit(from);
    return end < 0 ? value.length() : Math.min(end, value.length());
  }

  public TrackedText cut(int from, int to) {
    return from == 0 && to == value.length()
        ? this
        : new TrackedText(value.substring(from, to), user.get(from, to));
  }

  /** A new spelling of this text: where the length changes, one user character marks it all. */
  public TrackedText respelled(String changed) {
    if (changed.length() == value.length()) {
      return new TrackedText(changed, user);
    }
    return user.isEmpty() ? template(changed) : user(changed);
  }

  /** In code points. */
  public int length() {
    return value.codePointCount(0, value.length());
  }

  /** The char index of a code point. */
  public int offset(int codePoint) {
    return value.offsetByCodePoints(0, codePoint);
  }

  /** Each code point becomes a text of its own, which weighs as much as several list items. */
  public List<Value> codePoints(RenderBudget budget) {
    budget.steps(8L * value.length());
    List<Value> points = new ArrayList<>(value.length());
    for (int from = 0; from < value.length(); ) {
      int to = from + Character.charCount(value.codePointAt(from));
      points.add(cut(from, to));
      from = to;
    }
    return points;
  }

  public List<RenderedPrompt.Segment> segments() {
    List<RenderedPrompt.Segment> segments = new ArrayList<>();
    for (int from = 0; from < value.length(); from = runEnd(from)) {
      String run = value.substring(from, runEnd(from));
      segments.add(new RenderedPrompt.Segment(run, !isUser(from)));
    }
    return segments;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TrackedText text && text.value.equals(value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return value;
  }
}
