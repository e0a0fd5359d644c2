package io.anyserve.worker.batch;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.worker.publish.ReplyStream;
import io.anyserve.worker.publish.TokenLog;

/**
 * Writes how sequences begin, and how they end where the engine does not say so. What others began
 * is taken over first: its end has to count what they wrote. Owned by the batcher's thread.
 */
final class Endings {

  private final Identity identity;
  private final TokenLog log;
  private final Takeover takeover;
  private final CancelledAhead cancelledAhead = new CancelledAhead();

  Endings(Identity identity, TokenLog log, Takeover takeover) {
    this.identity = identity;
    this.log = log;
    this.takeover = takeover;
  }

  void start(Sequence sequence) {
    ReplyStream stream = sequence.stream();
    long promptTokens = sequence.usage().prompt();
    if (!stream.started() || (stream.promptUnknown() && promptTokens > 0)) {
      log.write(stream, identity.started(stream, promptTokens));
    }
  }

  /** The engine never got it, but this worker answers. */
  void refuse(Sequence sequence, Failure failure) {
    if (takenOver(sequence)) {
      start(sequence);
      fail(sequence, failure);
    }
  }

  void fail(Sequence sequence, Failure failure) {
    ReplyStream stream = sequence.stream();
    log.write(stream, new Failed(failure, sequence.usage(), stream.contextUnlessStarted()));
  }

  void cancel(Sequence sequence, CancelReason reason) {
    ReplyStream stream = sequence.stream();
    if (takenOver(sequence)) {
      log.write(stream, new Cancelled(reason, sequence.usage(), stream.contextUnlessStarted()));
    } else {
      cancelLater(sequence.id(), reason);
    }
  }

  /** Its prompt alone is more than its quota holds: unless somebody began it, it used nothing. */
  void turnAway(Sequence sequence) {
    ReplyStream stream = sequence.stream();
    TokenUsage usage = stream.started() ? sequence.usage() : TokenUsage.NONE;
    log.write(stream, new Cancelled(CancelReason.QUOTA, usage, stream.contextUnlessStarted()));
  }

  /** The request is not here; if it comes, it is not to begin. */
  void cancelLater(RequestId request, CancelReason reason) {
    cancelledAhead.add(request, reason);
  }

  /** Whether it was cancelled before it came; then it has ended. */
  boolean cancelledBefore(Sequence sequence) {
    CancelReason reason = cancelledAhead.take(sequence.id());
    if (reason != null) {
      cancel(sequence, reason);
    }
    return reason != null;
  }

  Failure engineFailure(Throwable why) {
    return new Failure(
        FailureCode.ENGINE_FAILED, "the engine of " + identity.capability() + " failed: " + why);
  }

  /** False where that only begins now: the sequence comes again. */
  private boolean takenOver(Sequence sequence) {
    if (sequence.stream().unfenced()) {
      takeover.begin(sequence.work(), () -> 0);
      return false;
    }
    return true;
  }
}
