package io.anyserve.worker.answer;

/**
 * What the answers of a model may have beside text.
 *
 * @param toolCalls the model takes tools and calls them
 * @param reasoning what it thought is told apart
 */
public record AnswerKinds(boolean toolCalls, boolean reasoning) {

  public static final AnswerKinds TEXT = new AnswerKinds(false, false);
}
