package io.anyserve.ingress.responses;

import io.anyserve.ingress.openai.ApiError;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Writes one response to its client. Owned by the call's thread. */
sealed interface ResponseWriter extends AnswerListener permits ResponseEventsWriter, WholeResponse {

  /** Asked for the response when its request is in the log, before anything is written. */
  interface Opening {

    StoredResponse get() throws InterruptedException;
  }

  /** Null while its request is not in the log. */
  @Nullable StoredResponse response();

  /** Whether the client has the head of the response: what fails now is told in its body. */
  boolean isCommitted();

  /** The response has ended. */
  void end(StoredResponse ended) throws IOException;

  /** Tells in the body that the stream breaks off. */
  void broken(ApiError error) throws IOException;
}
