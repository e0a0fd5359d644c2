package io.anyserve.ingress.response;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.event.Outcome;
import java.util.function.UnaryOperator;

/**
 * The state of one reader and everything that follows when it changes. Guarded by the lock of its
 * {@link ResponseStream}.
 *
 * <pre>
 * ADMITTED  -- handed to the producer --> SENT, or UNDECIDED under an idempotency key
 * SENT      -- acknowledged, or its first event --> ACCEPTED
 * UNDECIDED -- an event shows that it is the first of its key --> ACCEPTED
 * UNDECIDED -- the key was used before --> ENDED, as refused or as a duplicate
 * ADMITTED, SENT, UNDECIDED -- not published --> ENDED, as refused
 * ADMITTED, UNDECIDED -- cancelled, late --> ENDED, as refused
 * SENT, ACCEPTED -- terminal event, cancelled, late --> ENDED, with its outcome
 * </pre>
 *
 * <p>A reader of a stream that is in the log already begins in the state ACCEPTED.
 */
final class StreamLifecycle {

  /** Where a reader stands between its admission and its end. */
  enum State {
    ADMITTED,
    SENT,
    UNDECIDED,
    ACCEPTED,
    ENDED;

    private boolean leadsTo(State next) {
      return switch (this) {
        case ADMITTED -> next == SENT || next == UNDECIDED || next == ENDED;
        case SENT, UNDECIDED -> next == ACCEPTED || next == ENDED;
        case ACCEPTED -> next == ENDED;
        case ENDED -> false;
      };
    }
  }

  private final ResponseStream stream;
  private final SubscriptionSpec spec;
  private final StreamContext context;
  private final StreamCursor cursor;
  private final EventDispatcher dispatcher;
  private State state;
  private boolean catchingUp;

  StreamLifecycle(
      ResponseStream stream,
      StreamContext context,
      StreamCursor cursor,
      EventDispatcher dispatcher,
      State begin) {
    this.stream = stream;
    this.spec = stream.spec();
    this.context = context;
    this.cursor = cursor;
    this.dispatcher = dispatcher;
    this.state = begin;
    this.catchingUp = spec.readsBack();
  }

  boolean is(State asked) {
    return state == asked;
  }

  /** Its request was handed to the producer, and its stream, if there is one, is its own. */
  boolean isPublished() {
    return state == State.SENT || state == State.ACCEPTED;
  }

  /** Cancelling it cancels no work: there is none, or it may be another submission's. */
  private boolean isWithoutWork() {
    return state == State.ADMITTED || state == State.UNDECIDED;
  }

  /** False where nobody waits for it any more. */
  boolean send() {
    if (state != State.ADMITTED) {
      return false;
    }
    moveTo(spec.claim().isPresent() ? State.UNDECIDED : State.SENT);
    return true;
  }

  /** The producer has it in the log, which does not tell whether its key was used before. */
  void acknowledge() {
    if (state == State.SENT) {
      accept();
    }
  }

  /** An event shows that it is in the log. */
  void prove() {
    if (state == State.SENT || state == State.UNDECIDED) {
      accept();
    }
  }

  private void accept() {
    moveTo(State.ACCEPTED);
    context.metrics().accepted();
    context.remember(spec, UnaryOperator.identity());
    dispatcher.accepted();
  }

  /** It did not get into the log, as far as is known here. */
  void refuse(Failure failure) {
    if (state == State.SENT || isWithoutWork()) {
      refused(failure.code());
      dispatcher.fail(failure);
    }
  }

  private void refused(FailureCode code) {
    moveTo(State.ENDED);
    context.refused(stream, code);
  }

  /** Another reader takes its place and reads the stream of the first submission of its key. */
  void replaceByDuplicate() {
    moveTo(State.ENDED);
    context.duplicate(stream);
  }

  /** Ends it for its client only: the work goes on and can be resumed. */
  void detach(Failure failure) {
    if (isWithoutWork()) {
      refuse(failure);
    } else if (state != State.ENDED) {
      fail(failure);
    }
  }

  /** Ends it, published as it is, and tells its client. */
  void fail(Failure failure) {
    leave(Outcome.FAILED);
    dispatcher.fail(failure);
  }

  /** Ends it and its work, and tells its client. */
  void terminate(Outcome outcome, Failure failure, CancelReason reason) {
    terminate(outcome, failure.code(), reason);
    dispatcher.fail(failure);
  }

  /** Ends it and its work without a word: no client waits, or it is told otherwise. */
  void cancel(CancelReason reason) {
    terminate(Outcome.CANCELLED, FailureCode.CANCELLED, reason);
  }

  private void terminate(Outcome outcome, FailureCode code, CancelReason reason) {
    if (isWithoutWork()) {
      refused(code);
    } else if (state != State.ENDED) {
      boolean running = !cursor.hasEnd();
      leave(outcome);
      dispatcher.incomplete(code);
      if (running && spec.decides()) {
        context.cancel(spec.handle().request(), reason);
      }
    }
  }

  /** Ends it before its client was told the end that the log has, or will have. */
  void leave(Outcome outcome) {
    context.leftBeforeEnd(stream, cursor.liveEnd());
    end(outcome);
  }

  /** Ends it, published as it is; its client is told before or after that. */
  void end(Outcome outcome) {
    if (state == State.SENT) {
      context.metrics().accepted();
    }
    moveTo(State.ENDED);
    cursor.forgetWaiting();
    caughtUp();
    if (spec.isOwner()) {
      context.ended(stream, outcome);
    } else {
      context.left(stream);
    }
  }

  private void moveTo(State next) {
    if (!state.leadsTo(next)) {
      throw new IllegalStateException(
          "request %s: %s (expected: a state that leads to %s)"
              .formatted(spec.handle().request(), state, next));
    }
    state = next;
  }

  /** Whether it holds one of the places of {@link ResumeAdmission}. */
  boolean isCatchingUp() {
    return catchingUp;
  }

  /** It does not need the log, or not for now. */
  void caughtUp() {
    if (catchingUp) {
      catchingUp = false;
      context.resumes().release();
    }
  }
}
