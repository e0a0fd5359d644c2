package io.anyserve.ingress.responses;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import java.util.Optional;

/**
 * How a response ended.
 *
 * @param text of the answer, as far as it came
 * @param failure of a failed one
 */
record ResponseEnd(
    ResponseStatus status, String text, TokenUsage usage, Optional<Failure> failure) {

  /** As the last event of its request says. */
  static ResponseEnd of(Terminal terminal, String text) {
    return switch (terminal) {
      case Finished finished ->
          new ResponseEnd(status(finished.reason()), text, finished.usage(), Optional.empty());
      case Failed failed -> failed(failed.failure(), text, failed.usage());
      case Cancelled cancelled -> cancelled(cancelled, text);
    };
  }

  /** One without an answer. */
  static ResponseEnd failed(Failure failure) {
    return failed(failure, "", TokenUsage.NONE);
  }

  /** Cancelled before the log tells of an end. */
  static ResponseEnd cancelled() {
    return new ResponseEnd(ResponseStatus.CANCELLED, "", TokenUsage.NONE, Optional.empty());
  }

  private static ResponseEnd failed(Failure failure, String text, TokenUsage usage) {
    return new ResponseEnd(ResponseStatus.FAILED, text, usage, Optional.of(failure));
  }

  private static ResponseStatus status(FinishReason reason) {
    return switch (reason) {
      case STOP, TOOL_CALLS -> ResponseStatus.COMPLETED;
      case LENGTH -> ResponseStatus.INCOMPLETE;
    };
  }

  private static ResponseEnd cancelled(Cancelled cancelled, String text) {
    CancelReason reason = cancelled.reason();
    return switch (reason) {
      case EXPLICIT, CLIENT_GONE ->
          new ResponseEnd(ResponseStatus.CANCELLED, text, cancelled.usage(), Optional.empty());
      case DEADLINE ->
          failed(
              new Failure(FailureCode.DEADLINE_EXCEEDED, "no complete answer in time"),
              text,
              cancelled.usage());
      case QUOTA ->
          failed(
              new Failure(FailureCode.QUOTA_EXHAUSTED, "the quota was used up meanwhile"),
              text,
              cancelled.usage());
    };
  }
}
