package io.anyserve.ingress.responses;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.event.TokenEvent.Terminal;

/** How the reading of an answer ended. */
sealed interface AnswerOutcome {

  /**
   * With the end of the answer.
   *
   * @param text all of it
   */
  record Ended(Terminal terminal, String text) implements AnswerOutcome {}

  /** Without it: the answer may go on. */
  record Broken(Failure failure) implements AnswerOutcome {}

  /** The client closed its connection. */
  record ClientLeft() implements AnswerOutcome {}
}
