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
import io.anyserve.ingress.responses.output.OutputItem;
import java.util.List;
import java.util.Optional;

/**
 * How a response ended.
 *
 * @param output the answer, as far as it came; where there is one, at least an item
 * @param failure of a failed one
 */
record ResponseEnd(
    ResponseStatus status, List<OutputItem> output, TokenUsage usage, Optional<Failure> failure) {

  ResponseEnd {
    boolean silent = status.hasAnswer() && output.isEmpty();
    output = silent ? OutputItem.text("") : List.copyOf(output);
  }

  /** As the last event of its request says. */
  static ResponseEnd of(Terminal terminal, List<OutputItem> output) {
    return switch (terminal) {
      case Finished finished ->
          new ResponseEnd(status(finished.reason()), output, finished.usage(), Optional.empty());
      case Failed failed -> failed(failed.failure(), output, failed.usage());
      case Cancelled cancelled -> cancelled(cancelled, output);
    };
  }

  /** One without an answer. */
  static ResponseEnd failed(Failure failure) {
    return failed(failure, List.of(), TokenUsage.NONE);
  }

  /** Cancelled before the log tells of an end. */
  static ResponseEnd cancelled() {
    return new ResponseEnd(ResponseStatus.CANCELLED, List.of(), TokenUsage.NONE, Optional.empty());
  }

  private static ResponseEnd failed(Failure failure, List<OutputItem> output, TokenUsage usage) {
    return new ResponseEnd(ResponseStatus.FAILED, output, usage, Optional.of(failure));
  }

  private static ResponseStatus status(FinishReason reason) {
    return switch (reason) {
      case STOP, TOOL_CALLS -> ResponseStatus.COMPLETED;
      case LENGTH -> ResponseStatus.INCOMPLETE;
    };
  }

  private static ResponseEnd cancelled(Cancelled cancelled, List<OutputItem> output) {
    CancelReason reason = cancelled.reason();
    return switch (reason) {
      case EXPLICIT, CLIENT_GONE ->
          new ResponseEnd(ResponseStatus.CANCELLED, output, cancelled.usage(), Optional.empty());
      case DEADLINE ->
          failed(
              new Failure(FailureCode.DEADLINE_EXCEEDED, "no complete answer in time"),
              output,
              cancelled.usage());
      case QUOTA ->
          failed(
              new Failure(FailureCode.QUOTA_EXHAUSTED, "the quota was used up meanwhile"),
              output,
              cancelled.usage());
    };
  }
}
