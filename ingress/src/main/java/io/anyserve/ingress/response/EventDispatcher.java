package io.anyserve.ingress.response;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.DuplicateSubmission;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Released;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.ingress.response.GenAiMetrics.Measurement;
import io.anyserve.ingress.response.SubscriberRole.Owner;
import java.time.Instant;
import java.util.Optional;

/**
 * Tells the client of a stream about its events, and measures them for the owner's. Guarded by the
 * lock of its {@link ResponseStream}.
 */
final class EventDispatcher {

  private final SubscriptionSpec spec;
  private final StreamContext context;
  private final Optional<Measurement> measurement;
  private final long fromSequence;
  private ResponseSink sink;
  private boolean acceptedTold;
  private boolean firstTokenSeen;
  private boolean endTold;

  EventDispatcher(SubscriptionSpec spec, StreamContext context, ResponseSink sink) {
    this.spec = spec;
    this.context = context;
    this.sink = sink;
    this.fromSequence = spec.fromSequence();
    this.measurement =
        spec.role() instanceof Owner owner
            ? Optional.of(new Measurement(context.metrics().genAi(), owner.operation()))
            : Optional.empty();
  }

  ResponseSink sink() {
    return sink;
  }

  /** Tells the client, once, that its stream is in the log. */
  void accepted() {
    if (!acceptedTold) {
      acceptedTold = true;
      sink.accepted();
    }
  }

  /** Tells the client that it failed, unless it was told an end before. */
  void fail(Failure failure) {
    if (!endTold) {
      endTold = true;
      sink.failed(failure);
    }
  }

  /** The client left: nobody hears what comes now. */
  void close() {
    sink = DiscardingSink.NO_CLIENT;
  }

  /**
   * Tells an event that counts and is not the end.
   *
   * @param attempt that wrote it
   */
  void tell(int attempt, TokenEvent event) {
    switch (event) {
      case Chunk chunk -> tell(chunk);
      case Started started -> tell(attempt, started);
      case Released _ -> {}
      case Terminal _ -> throw new IllegalArgumentException("terminal event: ends the stream");
      case DuplicateSubmission _ ->
          throw new IllegalArgumentException("duplicate: counts in no stream");
    }
  }

  private void tell(Chunk chunk) {
    if (!firstTokenSeen && measurement.isPresent()) {
      firstTokenSeen = true;
      long age = age();
      context.metrics().firstToken(age);
      measurement.get().firstToken(age);
    }
    if (chunk.sequence() >= fromSequence) {
      sink.chunk(chunk);
    }
  }

  private void tell(int attempt, Started started) {
    context.remember(spec, seen -> seen.with(new RecentRequest.Run(attempt, started)));
    measurement.ifPresent(measured -> measured.started(started.model()));
    sink.started(attempt, started);
  }

  /**
   * Tells the end.
   *
   * @param at by the log's clock
   * @param chunks of the stream
   */
  void tell(Terminal terminal, Instant at, long chunks) {
    context.remember(spec, seen -> seen.with(new RecentRequest.End(terminal, chunks)));
    sink.ended(terminal, at);
    switch (terminal) {
      case Finished finished -> tell(finished, chunks);
      case Failed failed -> tell(failed.failure());
      case Cancelled cancelled -> tell(failure(cancelled.reason()));
    }
  }

  private void tell(Finished finished, long chunks) {
    measurement.ifPresent(measured -> measured.finished(age(), finished.usage()));
    if (fromSequence <= chunks) {
      sink.finished(finished);
      endTold = true;
    } else {
      fail(
          new Failure(
              FailureCode.INVALID_REQUEST,
              "from_sequence: %d (expected: at most %d, the number of chunks)"
                  .formatted(fromSequence, chunks)));
    }
  }

  private void tell(Failure failure) {
    incomplete(failure.code());
    fail(failure);
  }

  /** It ends without a complete answer. */
  void incomplete(FailureCode code) {
    measurement.ifPresent(measured -> measured.failed(age(), code));
  }

  private long age() {
    return context.nanos() - spec.openedAt();
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
