package io.anyserve.ingress.response;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Released;
import io.anyserve.contracts.event.TokenEvent.Started;

/** From the events of a stream to its caller. Guarded by the lock of its {@link ResponseStream}. */
final class EventDispatcher {

  private final SubscriptionSpec terms;
  private final ResponseStreams replies;
  private final GenAiMetrics.Measurement measurement;
  private ResponseSink sink;
  private boolean firstTokenSeen;
  private boolean endTold;

  EventDispatcher(SubscriptionSpec terms, ResponseStreams replies, ResponseSink sink) {
    this.terms = terms;
    this.replies = replies;
    this.sink = sink;
    this.measurement = new GenAiMetrics.Measurement(replies.meters().genAi(), terms.operation());
  }

  ResponseSink sink() {
    return sink;
  }

  /** Tells the caller that it failed, unless it was told an end before. */
  void fail(Failure failure) {
    if (!endTold) {
      endTold = true;
      sink.failed(failure);
    }
  }

  /** The caller left: what comes now is told to nobody. */
  void close() {
    sink = DiscardingSink.NO_CALLER;
  }

  /**
   * Tells an event that counts.
   *
   * @param attempt that wrote it
   * @param chunks of the stream, up to that event
   */
  void tell(int attempt, TokenEvent event, long chunks) {
    switch (event) {
      case Started started -> tell(attempt, started);
      case Chunk chunk -> tell(chunk);
      case Finished finished -> tell(finished, chunks);
      case Failed failed -> tell(failed.failure());
      case Cancelled cancelled -> tell(failure(cancelled.reason()));
      case Released _ -> {}
      case TokenEvent.DuplicateSubmission _ ->
          throw new IllegalArgumentException("duplicate: counts in no stream");
    }
  }

  private void tell(int attempt, Started started) {
    measurement.started(started.model());
    sink.started(attempt, started);
  }

  private void tell(Failure failure) {
    left(failure.code());
    fail(failure);
  }

  /** It ends without a complete answer. */
  void left(FailureCode code) {
    if (terms.role() == SubscriberRole.OWNER) {
      measurement.failed(age(), code);
    }
  }

  private long age() {
    return replies.nanos() - terms.openedAt();
  }

  private void tell(Chunk chunk) {
    if (!firstTokenSeen && terms.role() == SubscriberRole.OWNER) {
      firstTokenSeen = true;
      long age = age();
      replies.meters().firstToken(age);
      measurement.firstToken(age);
    }
    if (chunk.sequence() >= terms.fromSequence()) {
      sink.chunk(chunk);
    }
  }

  private void tell(Finished finished, long chunks) {
    if (terms.role() == SubscriberRole.OWNER) {
      measurement.finished(age(), finished.usage());
    }
    if (terms.fromSequence() <= chunks) {
      sink.finished(finished);
      endTold = true;
    } else {
      fail(
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
