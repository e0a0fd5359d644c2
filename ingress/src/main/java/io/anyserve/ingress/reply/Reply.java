package io.anyserve.ingress.reply;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.contracts.event.StreamProgress;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Duplicate;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenRecord;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * One request on its way: takes its events in log order and feeds its caller at the caller's pace.
 * Thread-safe: one lock, held briefly, as the sink never blocks.
 *
 * <pre>
 * ADMITTED -- handed to the producer --> SENT
 * SENT     -- acknowledged, or its first event --> ACCEPTED
 * ADMITTED, SENT -- not published, or the caller left before --> ENDED, as refused
 * SENT, ACCEPTED -- terminal event, caller gone, too slow, late --> ENDED, with its outcome
 * </pre>
 */
public final class Reply {

  private enum State {
    ADMITTED,
    SENT,
    ACCEPTED,
    ENDED
  }

  private static final int EVENT_BYTES = 64;

  private final Ticket ticket;
  private final TenantId tenant;
  private final long openedAt;
  private final long deadline;
  private final ReplySink sink;
  private final Replies replies;
  private final StreamProgress progress = new StreamProgress();
  private final Deque<TokenRecord> waiting = new ArrayDeque<>(0);
  private long waitingBytes;
  private boolean firstTokenSeen;
  private boolean malformedSeen;
  private State state = State.ADMITTED;

  /**
   * In the state ADMITTED.
   *
   * @param openedAt on the clock of {@code replies}, nanoseconds
   * @param deadline on the same clock
   */
  Reply(
      Ticket ticket,
      TenantId tenant,
      long openedAt,
      long deadline,
      ReplySink sink,
      Replies replies) {
    this.ticket = ticket;
    this.tenant = tenant;
    this.openedAt = openedAt;
    this.deadline = deadline;
    this.sink = sink;
    this.replies = replies;
  }

  public Ticket ticket() {
    return ticket;
  }

  public TenantId tenant() {
    return tenant;
  }

  /** About to be handed to the producer; false when nobody waits for it any more. */
  public synchronized boolean send() {
    if (state != State.ADMITTED) {
      return false;
    }
    state = State.SENT;
    return true;
  }

  /** It is in the log. */
  public synchronized void acknowledge() {
    if (state == State.SENT) {
      accept();
    }
  }

  /** It did not get into the log, as far as anybody knows. */
  public synchronized void refuse(Failure failure) {
    if (state == State.ADMITTED || state == State.SENT) {
      state = State.ENDED;
      replies.refused(this, failure.code());
      sink.failed(failure);
    }
  }

  /** The caller left; nothing can be told to it any more. */
  public synchronized void abandon(CancelReason reason) {
    leave(Outcome.CANCELLED, FailureCode.CANCELLED, reason);
  }

  /** Ends it for the caller only: the work goes on and can be resumed. */
  public synchronized void release(Failure failure) {
    if (state == State.ADMITTED) {
      refuse(failure);
    } else if (state != State.ENDED) {
      end(Outcome.FAILED);
      sink.failed(failure);
    }
  }

  /** Hands over what waits, as far as the caller takes it. */
  public synchronized void drain() {
    while (state == State.ACCEPTED && !waiting.isEmpty() && sink.ready()) {
      TokenRecord next = waiting.remove();
      waitingBytes -= weight(next);
      deliver(next);
    }
  }

  /** The next record of this request in log order; what is there before it was sent is not its. */
  synchronized void receive(TokenRecord record) {
    if (state == State.ADMITTED || state == State.ENDED) {
      return;
    }
    switch (progress.apply(record)) {
      case COUNTS -> {
        accept();
        pass(record);
      }
      case GAP -> stop(Outcome.FAILED, gap(), CancelReason.CLIENT_GONE);
      case VOID, REPEATED -> {}
    }
  }

  /** True the first time only: a broken worker must not flood the operator's log. */
  synchronized boolean noteMalformed() {
    boolean first = !malformedSeen;
    malformedSeen = true;
    return first;
  }

  synchronized void expire(long now) {
    if (state != State.ENDED && now - deadline >= 0) {
      Failure failure = new Failure(FailureCode.DEADLINE_EXCEEDED, "no complete answer in time");
      stop(Outcome.CANCELLED, failure, CancelReason.DEADLINE);
    }
  }

  private void accept() {
    if (state == State.SENT) {
      state = State.ACCEPTED;
      replies.meters().accepted();
      sink.accepted();
    }
  }

  private void pass(TokenRecord record) {
    if (waiting.isEmpty() && sink.ready()) {
      deliver(record);
      return;
    }
    waiting.add(record);
    waitingBytes += weight(record);
    boolean heavy = waiting.size() > 1 && waitingBytes > replies.limits().waitingBytes();
    if (heavy || waiting.size() > replies.limits().waitingEvents()) {
      overflow();
    }
  }

  private void overflow() {
    String found = waiting.size() + " events of " + waitingBytes + " bytes wait";
    replies.meters().overflowed();
    Failure failure =
        new Failure(
            FailureCode.OVERLOADED,
            "the caller reads too slowly: %s (expected: at most %d of %d bytes)"
                .formatted(
                    found, replies.limits().waitingEvents(), replies.limits().waitingBytes()));
    stop(Outcome.FAILED, failure, CancelReason.CLIENT_GONE);
  }

  private void deliver(TokenRecord record) {
    switch (record.event()) {
      case Started started -> sink.started(record.attempt(), started);
      case Chunk chunk -> {
        noteFirstToken();
        sink.chunk(chunk);
      }
      case Finished finished -> {
        end(Outcome.FINISHED);
        sink.finished(finished);
      }
      case Failed failed -> {
        end(Outcome.FAILED);
        sink.failed(failed.failure());
      }
      case Cancelled cancelled -> {
        end(Outcome.CANCELLED);
        sink.failed(failure(cancelled.reason()));
      }
      case Duplicate _ -> throw new IllegalArgumentException("duplicate: counts in no stream");
    }
  }

  private void noteFirstToken() {
    if (!firstTokenSeen) {
      firstTokenSeen = true;
      replies.meters().firstToken(replies.nanos() - openedAt);
    }
  }

  private void stop(Outcome outcome, Failure failure, CancelReason reason) {
    leave(outcome, failure.code(), reason);
    sink.failed(failure);
  }

  /** Ends it without a word, and the work too where it may be under way. */
  private void leave(Outcome outcome, FailureCode refusal, CancelReason reason) {
    switch (state) {
      case ADMITTED -> {
        state = State.ENDED;
        replies.refused(this, refusal);
      }
      case SENT, ACCEPTED -> {
        end(outcome);
        if (!progress.ended()) {
          replies.cancel(ticket.request(), reason);
        }
      }
      case ENDED -> {}
    }
  }

  private void end(Outcome outcome) {
    if (state == State.SENT) {
      replies.meters().accepted();
    }
    state = State.ENDED;
    waiting.clear();
    waitingBytes = 0;
    replies.ended(this, outcome, openedAt);
  }

  private Failure gap() {
    return new Failure(
        FailureCode.INTERNAL, "chunk " + progress.nextSequence() + " is missing in the log");
  }

  private static Failure failure(CancelReason reason) {
    return switch (reason) {
      case EXPLICIT -> new Failure(FailureCode.CANCELLED, "cancelled on request");
      case CLIENT_GONE -> new Failure(FailureCode.CANCELLED, "cancelled: its caller left");
      case DEADLINE -> new Failure(FailureCode.DEADLINE_EXCEEDED, "no complete answer in time");
      case QUOTA -> new Failure(FailureCode.QUOTA_EXHAUSTED, "the quota was used up meanwhile");
    };
  }

  private static long weight(TokenRecord record) {
    return record.event() instanceof Chunk chunk
        ? EVENT_BYTES + 2L * chunk.text().length() + chunk.payload().map(Payload::size).orElse(0L)
        : EVENT_BYTES;
  }
}
