package io.anyserve.ingress.http;

import io.anyserve.contracts.answer.AnswerDelta;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.sampling.PositionLogprobs;
import io.anyserve.ingress.openai.ApiError;
import java.io.IOException;
import java.util.List;

/** Writes the choices of one call. Owned by the call's thread, which it may block. */
sealed interface ChoiceWriter permits ServerSentEventsWriter, WholeResponseWriter {

  /**
   * A piece of a choice.
   *
   * @param logprobs of its tokens, where they are asked for
   * @param resumeToken of the place behind it, or empty
   */
  void piece(int choice, AnswerDelta delta, List<PositionLogprobs> logprobs, String resumeToken)
      throws IOException;

  void complete(int choice, Finished finished) throws IOException;

  /** Nothing came for a while. */
  void silence() throws IOException;

  /** Sends what was written. */
  void flush() throws IOException;

  /** All choices are complete. */
  void end() throws IOException;

  /** Whether the client has the head of the response: what fails now is told in its body. */
  boolean isCommitted();

  /** Tells a failure in the body. */
  void broken(ApiError error) throws IOException;
}
