package io.anyserve.jinja.builtin;

import io.anyserve.jinja.value.RenderBudget;
import io.anyserve.jinja.value.TextBuilder;
import io.anyserve.jinja.value.TrackedText;
import io.anyserve.jinja.value.Value;
import io.anyserve.jinja.value.Whitespace;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.IntPredicate;

/** Cuts texts at separators and ends; every piece keeps its origin. */
final class StringSplitting {

  private final RenderBudget budget;

  StringSplitting(RenderBudget budget) {
    this.budget = budget;
  }

  static TrackedText strip(TrackedText text, IntPredicate stripped, boolean left, boolean right) {
    String value = text.value();
    int from = 0;
    int to = value.length();
    while (left && from < to && stripped.test(value.codePointAt(from))) {
      from += Character.charCount(value.codePointAt(from));
    }
    while (right && to > from && stripped.test(value.codePointBefore(to))) {
      to -= Character.charCount(value.codePointBefore(to));
    }
    return text.cut(from, to);
  }

  /** At most {@code limit} cuts. */
  List<Value> parts(TrackedText text, String separator, int limit, boolean fromRight) {
    return fromRight ? partsFromRight(text, separator, limit) : parts(text, separator, limit);
  }

  /** What white space separates; with fewer cuts than words the rest stays whole. */
  List<Value> words(TrackedText text, int limit, boolean fromRight) {
    return fromRight ? wordsFromRight(text, limit) : words(text, limit);
  }

  List<Value> lines(TrackedText text, boolean keepEnds) {
    String value = text.value();
    List<Value> lines = new ArrayList<>();
    for (int from = 0; from < value.length(); ) {
      int end = from;
      while (end < value.length() && !endsLine(value.charAt(end))) {
        end++;
      }
      int next = value.startsWith("\r\n", end) ? end + 2 : Math.min(end + 1, value.length());
      add(lines, text.cut(from, keepEnds ? next : end));
      from = next;
    }
    return lines;
  }

  TrackedText replace(TrackedText text, String old, TrackedText replacement, int count) {
    int limit = count < 0 ? Integer.MAX_VALUE : count;
    TextBuilder out = new TextBuilder(budget);
    if (old.isEmpty()) {
      return interleaved(text, replacement, limit);
    }
    int from = 0;
    for (int at = text.value().indexOf(old);
        at >= 0 && limit > 0;
        at = text.value().indexOf(old, from)) {
      out.append(text, from, at).append(replacement);
      from = at + old.length();
      limit--;
    }
    return out.append(text, from, text.value().length()).text();
  }

  static int count(TrackedText text, String wanted) {
    if (wanted.isEmpty()) {
      return text.length() + 1;
    }
    int count = 0;
    for (int at = text.value().indexOf(wanted);
        at >= 0;
        at = text.value().indexOf(wanted, at + wanted.length())) {
      count++;
    }
    return count;
  }

  /** Python puts the replacement of an empty string around every character. */
  private TrackedText interleaved(TrackedText text, TrackedText replacement, int limit) {
    TextBuilder out = new TextBuilder(budget);
    int left = limit;
    for (Value c : text.codePoints(budget)) {
      if (left-- > 0) {
        out.append(replacement);
      }
      out.append((TrackedText) c);
    }
    return left > 0 ? out.append(replacement).text() : out.text();
  }

  private List<Value> parts(TrackedText text, String separator, int limit) {
    List<Value> parts = new ArrayList<>();
    int from = 0;
    for (int at = text.value().indexOf(separator);
        at >= 0 && parts.size() < limit;
        at = text.value().indexOf(separator, from)) {
      add(parts, text.cut(from, at));
      from = at + separator.length();
    }
    add(parts, text.cut(from, text.value().length()));
    return parts;
  }

  private List<Value> partsFromRight(TrackedText text, String separator, int limit) {
    List<Value> parts = new ArrayList<>();
    int to = text.value().length();
    for (int at = lastBefore(text, separator, to);
        at >= 0 && parts.size() < limit;
        at = lastBefore(text, separator, to)) {
      add(parts, text.cut(at + separator.length(), to));
      to = at;
    }
    add(parts, text.cut(0, to));
    Collections.reverse(parts);
    return parts;
  }

  private static int lastBefore(TrackedText text, String separator, int end) {
    return end < separator.length()
        ? -1
        : text.value().lastIndexOf(separator, end - separator.length());
  }

  private List<Value> words(TrackedText text, int limit) {
    String value = text.value();
    List<Value> words = new ArrayList<>();
    int from = Whitespace.end(value, 0);
    while (from < value.length()) {
      int end = words.size() < limit ? wordEnd(value, from) : value.length();
      add(words, text.cut(from, end));
      from = Whitespace.end(value, end);
    }
    return words;
  }

  private List<Value> wordsFromRight(TrackedText text, int limit) {
    String value = text.value();
    List<Value> words = new ArrayList<>();
    int to = Whitespace.start(value, value.length());
    while (to > 0) {
      int from = words.size() < limit ? wordStart(value, to) : 0;
      add(words, text.cut(from, to));
      to = Whitespace.start(value, from);
    }
    Collections.reverse(words);
    return words;
  }

  private static int wordEnd(String value, int from) {
    int end = from;
    while (end < value.length() && !Whitespace.is(value.charAt(end))) {
      end++;
    }
    return end;
  }

  private static int wordStart(String value, int to) {
    int start = to;
    while (start > 0 && !Whitespace.is(value.charAt(start - 1))) {
      start--;
    }
    return start;
  }

  private static boolean endsLine(char c) {
    return (c >= '\n' && c <= '\r')
        || (c >= 0x1C && c <= 0x1E)
        || c == 0x85
        || c == 0x2028
        || c == 0x2029;
  }

  private void add(List<Value> parts, TrackedText part) {
    budget.step();
    budget.copy(part.value().length());
    parts.add(part);
  }
}
