package io.anyserve.ingress.reply;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Duplicate;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenRecord;

/** From the events of a stream to its caller. Guarded by the lock of its {@link Reply}. */
final class Outlet {

  private final Terms terms;
  private final Replies replies;
  private ReplySink sink;
  private boolean firstTokenSeen;

  Outlet(Terms terms, Replies replies, ReplySink sink) {
    this.terms = terms;
    this.replies = replies;
    this.sink = sink;
  }

  ReplySink sink() {
    return sink;
  }

  /** The caller left: what comes now is told to nobody. */
  void close() {
    sink = NoCaller.NO_CALLER;
  }

  /**
   * Tells an event that counts.
   *
   * @param chunks of the stream, up to that event
   */
  void tell(TokenRecord record, long chunks) {
    switch (record.event()) {
      case Started started -> sink.started(record.attempt(), started);
      case Chunk chunk -> tell(chunk);
      case Finished finished -> tell(finished, chunks);
      case Failed failed -> sink.failed(failed.failure());
      case Cancelled cancelled -> sink.failed(failure(cancelled.reason()));
      case Duplicate _ -> throw new IllegalArgumentException("duplicate: counts in no stream");
    }
  }

  private void tell(Chunk chunk) {
    if (!firstTokenSeen && terms.role() == Role.OWNER) {
      firstTokenSeen = true;
      replies.meters().firstToken(replies.nanos() - terms.openedAt());
    }
    if (chunk.sequence() >= terms.fromSequence()) {
      sink.chunk(chunk);
    }
  }

  private void tell(Finished finished, long chunks) {
    if (terms.fromSequence() <= chunks) {
      sink.finished(finished);
    } else {
      sink.failed(
          new Failure(
              FailureCode.INVALID_REQUEST,
              "from_sequence: %d (expected: at most %d, the number of chunks)"
                  .formatted(terms.fromSequence(), chunks)));
    }
  }

  private static Failure failure(CancelReason reason) {
    return switch (reason) {
      case EXPLICIT -> new Failure(FailureCode.CANCELLED, "cancelled on request");
      case CLIENT_GONE -> new Failure(FailureCode.CANCELLED, "cancelled: its caller left");
      case DEADLINE -> new Failure(FailureCode.DEADLINE_EXCEEDED, "no complete answer in time");
      case QUOTA -> new Failure(FailureCode.QUOTA_EXHAUSTED, "the quota was used up meanwhile");
    };
  }
}
