package io.anyserve.worker.answer;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Finds marks in text that comes character by character; none is the beginning of another. */
final class MarkMatcher {

  private final StringBuilder held = new StringBuilder();

  /**
   * The next character.
   *
   * @param marks to look for
   * @param text takes what belongs to no mark
   * @return the mark that is complete now
   */
  @Nullable String push(char next, List<String> marks, Consumer<Character> text) {
    held.append(next);
    while (!held.isEmpty()) {
      for (String mark : marks) {
        if (mark.contentEquals(held)) {
          held.setLength(0);
          return mark;
        }
      }
      if (beginsOne(marks)) {
        return null;
      }
      char first = held.charAt(0);
      held.deleteCharAt(0);
      text.accept(first);
    }
    return null;
  }

  private boolean beginsOne(List<String> marks) {
    for (String mark : marks) {
      if (held.length() < mark.length() && mark.startsWith(held.toString())) {
        return true;
      }
    }
    return false;
  }

  /** What was held back, as no mark can become complete. */
  String flush() {
    String rest = held.toString();
    held.setLength(0);
    return rest;
  }
}
