package io.anyserve.ingress.http;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.answer.AnswerDelta;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.sampling.PositionLogprobs;
import java.util.List;

/** What the thread of a call is told. */
public sealed interface CallEvent {

  /** Bytes that it holds, about. */
  default long size() {
    return 0;
  }

  /** The request is in the log, for calls that have something to do then. */
  record Accepted() implements CallEvent {}

  /** A worker took the request of a choice. */
  record Begun(TokenEvent.Started started) implements CallEvent {}

  /**
   * A piece of a choice.
   *
   * @param logprobs of its tokens, where they are asked for
   * @param resumeToken of the place behind it; empty where the call cannot be resumed
   */
  record Piece(int choice, AnswerDelta delta, List<PositionLogprobs> logprobs, String resumeToken)
      implements CallEvent {

    @Override
    public long size() {
      return (long) delta.length() + PositionLogprobs.size(logprobs) + resumeToken.length();
    }
  }

  /** A choice is complete. */
  record Complete(int choice, TokenEvent.Finished finished) implements CallEvent {}

  /** There will be no (more) answer. */
  record Broken(Failure failure) implements CallEvent {}

  /** The client has closed its connection. */
  record ClientLeft() implements CallEvent {}
}
