package io.anyserve.ingress.responses;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.ingress.responses.output.OutputItem;
import java.util.List;

/** How the reading of an answer ended. */
sealed interface AnswerOutcome {

  /**
   * With the end of the answer.
   *
   * @param output all of it, the last item perhaps incomplete
   */
  record Ended(Terminal terminal, List<OutputItem> output) implements AnswerOutcome {}

  /** Without it: the answer may go on. */
  record Broken(Failure failure) implements AnswerOutcome {}

  /** The client closed its connection. */
  record ClientLeft() implements AnswerOutcome {}
}
