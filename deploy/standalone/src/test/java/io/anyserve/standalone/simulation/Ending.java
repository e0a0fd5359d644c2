package io.anyserve.standalone.simulation;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Terminal;

/** How a stream ended, in the words of who read it. */
record Ending(String word) {

  static final Ending FINISHED = new Ending("FINISHED");

  static Ending of(Terminal terminal) {
    return switch (terminal) {
      case Finished _ -> FINISHED;
      case Failed failed -> of(failed.failure().code());
      case Cancelled cancelled -> of(code(cancelled.reason()));
    };
  }

  static Ending of(FailureCode code) {
    return new Ending(code.name());
  }

  /** As callers hear it. */
  private static FailureCode code(CancelReason reason) {
    return switch (reason) {
      case EXPLICIT, CLIENT_GONE -> FailureCode.CANCELLED;
      case DEADLINE -> FailureCode.DEADLINE_EXCEEDED;
      case QUOTA -> FailureCode.QUOTA_EXHAUSTED;
    };
  }
}
