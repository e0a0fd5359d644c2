package io.anyserve.contracts.event;

import io.anyserve.contracts.validation.Preconditions;

/**
 * Where a {@link FencedStream} stands between two events. Whoever has it decides about the events
 * behind that place as a reader of the whole stream does, without reading what lies before.
 *
 * @param attempt of the execution that counts; 0 before the first Started
 * @param executionId of the execution that counts
 * @param nextSequence chunks that counted: the sequence of the next one
 * @param tokens in the chunks that counted
 * @param promptTokens 0 where no Started knew them
 * @param ended whether the terminal event came
 */
public record StreamProgress(
    int attempt,
    long executionId,
    long nextSequence,
    long tokens,
    long promptTokens,
    boolean ended) {

  /** Before the first event. */
  public static final StreamProgress BEGINNING = new StreamProgress(0, 0, 0, 0, 0, false);

  public StreamProgress {
    Preconditions.that(attempt >= 0, "attempt", attempt, ">= 0");
    Preconditions.that(nextSequence >= 0, "nextSequence", nextSequence, ">= 0");
    Preconditions.that(tokens >= 0, "tokens", tokens, ">= 0");
    Preconditions.that(promptTokens >= 0, "promptTokens", promptTokens, ">= 0");
  }
}
