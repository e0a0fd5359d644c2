package io.anyserve.ingress.responses;

import io.anyserve.ingress.responses.output.OutputStep;
import java.io.IOException;

/** Hears an answer on the thread that reads it, which it may block. */
interface AnswerListener {

  /** The request is in the log. */
  default void accepted() throws IOException, InterruptedException {}

  /** A worker took the request, be it again. */
  default void begun() throws IOException, InterruptedException {}

  default void step(OutputStep step) throws IOException, InterruptedException {}

  /**
   * Nothing came for {@link AnswerExchange#SILENCE}; false where that is the end of the patience.
   */
  boolean silence() throws IOException, InterruptedException;

  /** What was heard is all for now. */
  default void flush() throws IOException, InterruptedException {}
}
