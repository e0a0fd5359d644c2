package io.anyserve.worker.schedule;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.worker.publish.EventStreamWriter;
import io.anyserve.worker.publish.TokenWriter;

/**
 * Writes how sequences begin, and how they end where the engine does not say so. A sequence of
 * which nothing can be written is given up: none of these methods throws. Owned by the scheduler's
 * thread.
 */
final class TerminalEvents {

  private final WorkerIdentity identity;
  private final TokenWriter log;
  private final StreamTakeover takeover;
  private final EarlyCommands<CancelReason> cancelledAhead = new EarlyCommands<>();
  private final EarlyCommands<Integer> supersededAhead = new EarlyCommands<>();

  TerminalEvents(WorkerIdentity identity, TokenWriter log, StreamTakeover takeover) {
    this.identity = identity;
    this.log = log;
    this.takeover = takeover;
  }

  /** False when it is given up instead. */
  boolean start(ScheduledSequence sequence) {
    return tried(sequence, () -> writeStarted(sequence));
  }

  private void writeStarted(ScheduledSequence sequence) {
    EventStreamWriter stream = sequence.stream();
    log.write(stream, identity.started(stream, sequence.usage().prompt()));
  }

  /** Looks whether a sequence that has begun went on elsewhere. */
  void recheck(ScheduledSequence sequence) {
    if (sequence.stream().started()) {
      var _ = tried(sequence, () -> takeover.recheck(sequence.work()));
    }
  }

  /** At this request the worker fails; what was written of it is on its way before that. */
  void giveUp(WorkItem work, Throwable why) {
    log.flush();
    takeover.giveUp(work, why);
  }

  private boolean tried(ScheduledSequence sequence, Runnable action) {
    try {
      action.run();
      return true;
    } catch (RuntimeException | Error e) {
      giveUp(sequence.work(), e);
      return false;
    }
  }

  /** The engine never got it, but this worker answers. */
  void refuse(ScheduledSequence sequence, Failure failure) {
    if (start(sequence)) {
      fail(sequence, failure);
    }
  }

  void fail(ScheduledSequence sequence, Failure failure) {
    var _ = tried(sequence, () -> write(sequence, failure));
  }

  void cancel(ScheduledSequence sequence, CancelReason reason) {
    var _ = tried(sequence, () -> write(sequence, reason, sequence.usage()));
  }

  /** Its prompt alone is more than its quota holds: unless somebody began it, it used nothing. */
  void turnAway(ScheduledSequence sequence) {
    TokenUsage usage = sequence.stream().started() ? sequence.usage() : TokenUsage.NONE;
    var _ = tried(sequence, () -> write(sequence, CancelReason.QUOTA, usage));
  }

  private void write(ScheduledSequence sequence, Failure failure) {
    EventStreamWriter stream = sequence.stream();
    log.write(stream, new Failed(failure, sequence.usage(), stream.contextUnlessStarted()));
  }

  private void write(ScheduledSequence sequence, CancelReason reason, TokenUsage usage) {
    EventStreamWriter stream = sequence.stream();
    log.write(stream, new Cancelled(reason, usage, stream.contextUnlessStarted()));
  }

  /** The request is not here; if it comes, it is not to begin. */
  void cancelLater(RequestId request, CancelReason reason) {
    cancelledAhead.add(request, reason);
  }

  /** Another execution goes on with it. */
  void cede(ScheduledSequence sequence) {
    log.cede(sequence.stream());
  }

  /** No execution of that attempt is here; if one comes, it is not to begin. */
  void cedeLater(RequestId request, int attempt) {
    supersededAhead.add(request, attempt);
  }

  /** Whether it was cancelled or superseded before it came; then it has ended here. */
  boolean overBefore(ScheduledSequence sequence) {
    Integer superseded = supersededAhead.take(sequence.id());
    if (superseded != null && sequence.stream().attempt() <= superseded) {
      cede(sequence);
      return true;
    }
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
}
