package io.anyserve.contracts.conversation;

import io.anyserve.contracts.Failure;
import java.time.Instant;

/** How far an answer is. It is running first, or never was, and ends once. */
public sealed interface AnswerState {

  /**
   * Its text is empty: the answer is in the events of its request.
   *
   * @param deadline of the request
   */
  record Running(Instant deadline) implements AnswerState {}

  /** It has ended, or its user stopped it. */
  record Complete() implements AnswerState {}

  /** Its text is what came before the failure. */
  record Failed(Failure failure) implements AnswerState {}
}
