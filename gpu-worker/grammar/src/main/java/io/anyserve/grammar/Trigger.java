package io.anyserve.grammar;

import java.util.List;

/**
 * A text within free text behind which a document must follow.
 *
 * @param marks the text is one of them, wherever it comes, with the prefix behind it; without
 *     marks, it is the prefix at the beginning of the free text
 * @param prefix a pattern as {@link OutputGrammar#regex} takes them
 * @param document what follows
 */
public record Trigger(List<Mark> marks, String prefix, OutputGrammar document) {

  public Trigger {
    marks = List.copyOf(marks);
  }
}
