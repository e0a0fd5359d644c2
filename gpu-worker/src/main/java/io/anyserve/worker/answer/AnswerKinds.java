package io.anyserve.worker.answer;

/**
 * What the answers of a model may have beside text.
 *
 * @param toolCalls the model takes tools and calls them
 * @param reasoning what it thought is told apart
 * @param pairs they are the relevance of documents to a query, and nothing else
 */
public record AnswerKinds(boolean toolCalls, boolean reasoning, boolean pairs) {

  public static final AnswerKinds TEXT = new AnswerKinds(false, false);

  /** Of a model that scores a query and a document together. */
  public static final AnswerKinds PAIRS = new AnswerKinds(false, false, true);

  /** Of a model that writes text. */
  public AnswerKinds(boolean toolCalls, boolean reasoning) {
    this(toolCalls, reasoning, false);
  }
}
