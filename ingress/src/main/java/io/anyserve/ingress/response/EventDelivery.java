package io.anyserve.ingress.response;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.ingress.idempotency.Resubmission;
import io.anyserve.ingress.response.StreamLifecycle.State;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Takes the records of one stream in log order, live or replayed, and delivers them at the pace of
 * its client. Guarded by the lock of its {@link ResponseStream}.
 */
final class EventDelivery {

  private final ResponseStream stream;
  private final StreamContext context;
  private final StreamCursor cursor;
  private final EventDispatcher dispatcher;
  private final StreamLifecycle lifecycle;
  private boolean tookOver;
  private long toldUpTo;

  EventDelivery(
      ResponseStream stream,
      StreamContext context,
      StreamCursor cursor,
      EventDispatcher dispatcher,
      StreamLifecycle lifecycle) {
    this.stream = stream;
    this.context = context;
    this.cursor = cursor;
    this.dispatcher = dispatcher;
    this.lifecycle = lifecycle;
  }

  /** Nothing of the stream has come, as far as is known here. */
  boolean isFresh() {
    return cursor.isFresh();
  }

  /** A record that came live. */
  void receive(long offset, long timestamp, TokenRecord record) {
    if (lifecycle.isPublished() && cursor.takesLive(offset, record)) {
      cursor.moveTo(offset + 1);
      lifecycle.prove();
      deliverOrKeep(offset, timestamp, record);
    }
  }

  private void deliverOrKeep(long offset, long timestamp, TokenRecord record) {
    if (cursor.nothingWaits() && dispatcher.sink().ready()) {
      deliver(offset, timestamp, record);
    } else if (!cursor.keep(offset, timestamp, record, context.limits())) {
      context.metrics().overflowed();
      cursor.stall();
    }
  }

  /**
   * Delivers what waits, as far as the client takes it. A reader that missed something asks for a
   * replay of it; one that did not goes on live.
   */
  void drain() {
    while (lifecycle.is(State.ACCEPTED) && !cursor.nothingWaits() && dispatcher.sink().ready()) {
      StreamCursor.Waiting next = cursor.takeWaiting();
      deliver(next.offset(), next.timestamp(), next.record());
    }
    if (lifecycle.is(State.ACCEPTED)
        && cursor.isStalled()
        && isReadFor()
        && dispatcher.sink().ready()
        && !goLive()) {
      cursor.fallBehind();
      context.replay(stream);
    }
  }

  private boolean goLive() {
    boolean live = cursor.goLive(context.livePosition(stream.partition()));
    if (live) {
      takeOver();
      lifecycle.caughtUp();
      dispatcher.sink().live();
    }
    return live;
  }

  /** The log is read again for a client that is there, and for the owner's until its end. */
  private boolean isReadFor() {
    return stream.presence().here() || stream.spec().isOwner();
  }

  long wanted() {
    return cursor.next();
  }

  boolean isBehind() {
    return lifecycle.is(State.ACCEPTED) && cursor.isBehind();
  }

  boolean replay(long offset, long timestamp, TokenRecord record) {
    if (!isBehind()) {
      return false;
    }
    if (offset < cursor.next()) {
      return true;
    }
    if (!dispatcher.sink().ready()) {
      stall();
      return false;
    }
    cursor.moveTo(offset + 1);
    deliver(offset, timestamp, record);
    return lifecycle.is(State.ACCEPTED);
  }

  boolean replayed(long offset) {
    if (!isBehind()) {
      return false;
    }
    cursor.moveTo(offset);
    takeOver();
    return !goLive();
  }

  private void takeOver() {
    if (!tookOver && !stream.spec().isOwner() && !stream.spec().isWatcher()) {
      tookOver = true;
      context.takeOver(stream);
    }
  }

  /** Whether its client counts, for other readers of the stream here and elsewhere. */
  boolean tookOver() {
    return tookOver;
  }

  /** Its client left: nobody hears what comes now, and a client that resumed needs no replay. */
  void continueDetached() {
    dispatcher.close();
    if (!stream.spec().isOwner() && cursor.isBehind()) {
      stall();
    }
    drain();
  }

  private void stall() {
    cursor.stall();
    lifecycle.caughtUp();
  }

  private void deliver(long offset, long timestamp, TokenRecord record) {
    toldUpTo = offset + 1;
    switch (cursor.progress().apply(record)) {
      case ACCEPTED -> dispatch(timestamp, record);
      case GAP -> lifecycle.terminate(Outcome.FAILED, gap(), CancelReason.CLIENT_GONE);
      case FENCED, DUPLICATE -> {}
    }
  }

  /** The place behind the event that was delivered last. */
  ResumeTokenCodec.Position position() {
    return new ResumeTokenCodec.Position(
        new ReplyTo(stream.partition(), toldUpTo),
        stream.handle().request(),
        stream.handle().session(),
        cursor.progress().progress());
  }

  private Failure gap() {
    return new Failure(
        FailureCode.INTERNAL,
        "chunk " + cursor.progress().nextSequence() + " is missing in the log");
  }

  private void dispatch(long timestamp, TokenRecord record) {
    if (record.event() instanceof Terminal terminal) {
      end(terminal, Instant.ofEpochMilli(timestamp));
    } else {
      dispatcher.accepted();
      dispatcher.tell(record.attempt(), record.event());
    }
  }

  private void end(Terminal terminal, Instant at) {
    Optional<Resubmission> resubmission =
        stream.presence().here() ? stream.spec().resubmissionAfter(terminal) : Optional.empty();
    if (resubmission.isPresent()) {
      lifecycle.end(terminal.outcome());
      long remaining = Math.max(0, stream.spec().deadline() - context.nanos());
      resubmission.get().submit(Duration.ofNanos(remaining));
    } else {
      dispatcher.accepted();
      lifecycle.end(terminal.outcome());
      dispatcher.tell(cursor.progress().settle(terminal), at, cursor.progress().nextSequence());
    }
  }
}
