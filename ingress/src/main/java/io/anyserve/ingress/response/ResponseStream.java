package io.anyserve.ingress.response;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.contracts.event.TokenRecord;
import java.time.Duration;
import java.util.function.UnaryOperator;

/**
 * One reader of one request's stream: takes its events in log order, live or from the replay, and
 * feeds its caller at the caller's pace. Thread-safe: one lock, held briefly, as the sink never
 * blocks.
 *
 * <pre>
 * ADMITTED -- handed to the producer --> SENT
 * SENT     -- acknowledged, or its first event --> ACCEPTED
 * ADMITTED, SENT -- not published, or the caller left before --> ENDED, as refused
 * SENT     -- its idempotency key was used before --> ENDED, as refused or replaced by a guest
 * SENT, ACCEPTED -- terminal event, caller gone, late --> ENDED, with its outcome
 * </pre>
 *
 * <p>A reader of a stream that is in the log already begins in the state ACCEPTED. A caller that
 * left and may come back leaves its reader behind: it goes on without it where it reads live or is
 * the owner's; the log is not read again for a caller that resumed and left.
 */
public final class ResponseStream {

  private enum State {
    ADMITTED,
    SENT,
    ACCEPTED,
    ENDED
  }

  private final SubscriptionSpec terms;
  private final ResponseStreams replies;
  private final StreamCursor feed;
  private final EventDispatcher outlet;
  private final ClientPresence presence = new ClientPresence();
  private boolean undecided;
  private boolean adopted;
  private boolean catchingUp;
  private boolean malformedSeen;
  private boolean acceptedTold;
  private State state;

  private ResponseStream(
      SubscriptionSpec terms,
      ResponseSink sink,
      ResponseStreams replies,
      StreamCursor feed,
      State state) {
    this.terms = terms;
    this.outlet = new EventDispatcher(terms, replies, sink);
    this.replies = replies;
    this.feed = feed;
    this.state = state;
    this.undecided = terms.claim().isPresent();
    this.catchingUp = terms.role() == SubscriberRole.ADOPTER;
  }

  /** Of a request that is not in the log yet: in the state ADMITTED. */
  static ResponseStream ofNew(SubscriptionSpec terms, ResponseSink sink, ResponseStreams replies) {
    return new ResponseStream(
        terms, sink, replies, StreamCursor.live(replies.meters()), State.ADMITTED);
  }

  /** Of a stream that is in the log: in the state ACCEPTED. */
  static ResponseStream ofOld(SubscriptionSpec terms, ResponseSink sink, ResponseStreams replies) {
    StreamCursor feed =
        StreamCursor.stalled(terms.ticket().address().fromOffset(), replies.meters());
    return new ResponseStream(terms, sink, replies, feed, State.ACCEPTED);
  }

  public StreamHandle ticket() {
    return terms.ticket();
  }

  long openedAt() {
    return terms.openedAt();
  }

  public TenantId tenant() {
    return terms.tenant();
  }

  /** The partition of {@code tokens} where its stream lies. */
  public int partition() {
    return terms.ticket().address().partition();
  }

  ClientPresence presence() {
    return presence;
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
    if (state == State.SENT && !undecided) {
      accept();
    }
  }

  /** It did not get into the log, as far as anybody knows. */
  public synchronized void refuse(Failure failure) {
    if (state == State.ADMITTED || state == State.SENT) {
      refused(failure.code());
      outlet.fail(failure);
    }
  }

  /**
   * Begins to read its stream in the log. Its caller is told at once that it is there, unless it
   * may turn out never to have begun.
   */
  synchronized void begin() {
    if (terms.again().isEmpty()) {
      tellAccepted();
    }
    drain();
  }

  private void tellAccepted() {
    if (!acceptedTold) {
      acceptedTold = true;
      outlet.sink().accepted();
    }
  }

  /** Accepted here, and no worker took it, as far as is known here. */
  public synchronized boolean waitsForWorker() {
    return terms.role() == SubscriberRole.OWNER
        && (state == State.SENT || state == State.ACCEPTED)
        && !undecided
        && feed.isFresh();
  }

  /** The caller left; nothing can be told to it any more. It may come back, unless it is late. */
  public synchronized void onDisconnect(CancelReason reason) {
    if (state == State.ENDED || !presence.here()) {
      return;
    }
    boolean late = reason == CancelReason.DEADLINE && terms.role() == SubscriberRole.OWNER;
    if (late || state == State.ADMITTED) {
      terminate(Outcome.CANCELLED, FailureCode.CANCELLED, reason);
    } else {
      handleDisconnect();
    }
  }

  /** Ends it and the work: its caller will not come back for it. */
  public synchronized void cancel(CancelReason reason) {
    terminate(Outcome.CANCELLED, FailureCode.CANCELLED, reason);
  }

  /** Ends it for the caller only: the work goes on and can be resumed. */
  public synchronized void detach(Failure failure) {
    if (state == State.ADMITTED || undecided) {
      refuse(failure);
    } else if (state != State.ENDED) {
      end(Outcome.FAILED);
      outlet.fail(failure);
    }
  }

  /** Hands over what waits, as far as the caller takes it. */
  public synchronized void drain() {
    while (state == State.ACCEPTED && !feed.nothingWaits() && outlet.sink().ready()) {
      take(feed.takeWaiting());
    }
    if (state == State.ACCEPTED && feed.isStalled() && isReadFor() && outlet.sink().ready()) {
      feed.fallBehind();
      replies.replay(this);
    }
  }

  private boolean isReadFor() {
    return presence.here() || terms.role() == SubscriberRole.OWNER;
  }

  /** The next record of this request, live; what is there before it was sent is not its. */
  synchronized void receive(long offset, TokenRecord record) {
    boolean open = state == State.SENT || state == State.ACCEPTED;
    if (open && (!undecided || decide(record)) && feed.takesLive(offset)) {
      feed.moveTo(offset + 1);
      accept();
      pass(offset, record);
    }
  }

  /** The offset from which the log is to be read for it; negative for the log's beginning. */
  public synchronized long wanted() {
    return feed.next();
  }

  /** Whether the log is to be read for it. */
  public synchronized boolean isBehind() {
    return state == State.ACCEPTED && feed.isBehind();
  }

  /** A record of this request, read again; false where it is not to be read for any longer. */
  public synchronized boolean replay(long offset, TokenRecord record) {
    if (!isBehind()) {
      return false;
    }
    if (offset < feed.next()) {
      return true;
    }
    if (!outlet.sink().ready()) {
      stall();
      return false;
    }
    feed.moveTo(offset + 1);
    take(record);
    return state == State.ACCEPTED;
  }

  /** All its records before {@code offset} were replayed; false where it needs no more of them. */
  public synchronized boolean replayed(long offset) {
    if (!isBehind()) {
      return false;
    }
    feed.moveTo(offset);
    if (!adopted && terms.role() != SubscriberRole.OWNER) {
      adopted = true;
      replies.adopted(this);
    }
    boolean live = feed.goLive(replies.listening(this));
    if (live) {
      caughtUp();
    }
    return !live;
  }

  /** Ends it in favour of another resume of the same request; false where it caught up before. */
  synchronized boolean giveWay(Failure failure) {
    if (!catchingUp) {
      return false;
    }
    end(Outcome.FAILED);
    outlet.fail(failure);
    return true;
  }

  private void stall() {
    feed.stall();
    caughtUp();
  }

  private void caughtUp() {
    if (catchingUp) {
      catchingUp = false;
      replies.caughtUp();
    }
  }

  /** The log cannot be read for it; the work of others goes on. */
  public synchronized void onReplayFailure(Failure failure) {
    if (state == State.ACCEPTED && terms.role() == SubscriberRole.OWNER) {
      stop(Outcome.FAILED, failure, CancelReason.CLIENT_GONE);
    } else if (state == State.ACCEPTED) {
      end(Outcome.FAILED);
      outlet.fail(failure);
    }
  }

  /**
   * Something failed while it was fed: its caller is told, unless it was told an end before, and
   * may come back where the work goes on.
   */
  synchronized void breakOff() {
    try {
      outlet.fail(Failure.unforeseen());
    } finally {
      onDisconnect(CancelReason.CLIENT_GONE);
    }
  }

  /**
   * Something failed while it was replayed: as {@link #onReplayFailure}, and told also where it has
   * ended.
   */
  public synchronized void breakOff(Failure failure) {
    try {
      outlet.fail(failure);
    } finally {
      onReplayFailure(failure);
    }
  }

  /** True the first time only: a broken worker must not flood the operator's log. */
  synchronized boolean noteMalformed() {
    boolean first = !malformedSeen;
    malformedSeen = true;
    return first;
  }

  synchronized void expire(long now) {
    if (state == State.ENDED) {
      return;
    }
    boolean owner = terms.role() == SubscriberRole.OWNER;
    if ((owner || presence.here()) && now - terms.deadline() >= 0) {
      late();
    } else if (!owner && presence.isForgotten()) {
      end(Outcome.CANCELLED);
    } else if (presence.isOver(now) && !undecided) {
      graceIsOver();
    }
  }

  private void late() {
    Failure failure = new Failure(FailureCode.DEADLINE_EXCEEDED, "no complete answer in time");
    if (terms.role() == SubscriberRole.OWNER) {
      stop(Outcome.CANCELLED, failure, CancelReason.DEADLINE);
    } else {
      outlet.fail(failure);
      handleDisconnect();
    }
  }

  private void graceIsOver() {
    if (replies.isReadBesides(this)) {
      presence.noLongerAwaited();
    } else {
      terminate(Outcome.CANCELLED, FailureCode.CANCELLED, CancelReason.CLIENT_GONE);
    }
  }

  /** True where the record shows that this submission of its key is the first. */
  private boolean decide(TokenRecord record) {
    PendingIdempotency claim = terms.claim().orElseThrow();
    if (record.event() instanceof TokenEvent.DuplicateSubmission duplicate) {
      if (record.executionId() == claim.idempotency().nonce()) {
        isDuplicate(claim, duplicate);
      }
      return false;
    }
    undecided = !claim.isProvedBy(record.event());
    return !undecided;
  }

  private void isDuplicate(PendingIdempotency claim, TokenEvent.DuplicateSubmission first) {
    if (!first.digest().equals(claim.idempotency().digest())) {
      refuse(
          new Failure(
              FailureCode.IDEMPOTENCY_CONFLICT,
              "idempotency-key: used before for another request (expected: a new key)"));
      return;
    }
    state = State.ENDED;
    replies.duplicate(this);
    if (presence.here()) {
      replies.follow(first, terms, outlet.sink());
    }
  }

  private void accept() {
    if (state == State.SENT) {
      state = State.ACCEPTED;
      replies.meters().accepted();
      replies.told(terms, UnaryOperator.identity());
      tellAccepted();
    }
  }

  private void pass(long offset, TokenRecord record) {
    if (feed.nothingWaits() && outlet.sink().ready()) {
      take(record);
    } else if (!feed.keep(offset, record, replies.limits())) {
      replies.meters().overflowed();
      feed.stall();
    }
  }

  private void take(TokenRecord record) {
    switch (feed.progress().apply(record)) {
      case ACCEPTED -> deliver(record);
      case GAP -> stop(Outcome.FAILED, gap(), CancelReason.CLIENT_GONE);
      case FENCED, DUPLICATE -> {}
    }
  }

  private void deliver(TokenRecord record) {
    TokenEvent event = record.event();
    if (event instanceof Terminal terminal && mayRunAgain(terminal)) {
      end(terminal.outcome());
      long remaining = Math.max(0, terms.deadline() - replies.nanos());
      terms.again().orElseThrow().submit(Duration.ofNanos(remaining));
      return;
    }
    if (terms.role() == SubscriberRole.GUEST) {
      tellAccepted();
    }
    if (event instanceof Terminal terminal) {
      end(terminal.outcome());
      Terminal settled = feed.progress().settle(terminal);
      replies.told(
          terms, seen -> seen.with(new RecentRequest.End(settled, feed.progress().nextSequence())));
      event = settled;
    } else if (event instanceof Started started) {
      replies.told(terms, seen -> seen.with(new RecentRequest.Run(record.attempt(), started)));
    }
    outlet.tell(record.attempt(), event, feed.progress().nextSequence());
  }

  /** The request of its key has ended, and no worker had begun it. */
  private boolean mayRunAgain(Terminal terminal) {
    return terms.again().isPresent() && presence.here() && terminal.context().isPresent();
  }

  /** Its caller left, and may come back where somebody's coming back makes a difference. */
  private void handleDisconnect() {
    presence.leave();
    switch (terms.role()) {
      case OWNER -> {
        if (replies.isReadBesides(this)) {
          continueDetached();
        } else {
          startGracePeriod(replies.grace(terms));
        }
      }
      case ADOPTER -> {
        if (adopted && !replies.isReadBesides(this)) {
          startGracePeriod(replies.grace(terms));
        } else {
          end(Outcome.CANCELLED);
        }
      }
      case GUEST -> end(Outcome.CANCELLED);
    }
  }

  private void startGracePeriod(long grace) {
    if (grace == 0) {
      terminate(Outcome.CANCELLED, FailureCode.CANCELLED, CancelReason.CLIENT_GONE);
    } else {
      presence.await(replies.nanos() + grace);
      continueDetached();
    }
  }

  private void continueDetached() {
    outlet.close();
    if (terms.role() != SubscriberRole.OWNER && feed.isBehind()) {
      stall();
    }
    drain();
  }

  private void stop(Outcome outcome, Failure failure, CancelReason reason) {
    terminate(outcome, failure.code(), reason);
    outlet.fail(failure);
  }

  /** Ends it without a word, and the work too where it may be under way and is its. */
  private void terminate(Outcome outcome, FailureCode refusal, CancelReason reason) {
    if (state == State.ADMITTED || (state == State.SENT && undecided)) {
      refused(refusal);
    } else if (state != State.ENDED) {
      boolean running = !feed.hasEnd();
      end(outcome);
      outlet.left(refusal);
      if (running && terms.role() != SubscriberRole.GUEST) {
        replies.cancel(terms.ticket().request(), reason);
      }
    }
  }

  private void refused(FailureCode code) {
    state = State.ENDED;
    replies.refused(this, code);
  }

  private void end(Outcome outcome) {
    if (state == State.SENT) {
      replies.meters().accepted();
    }
    state = State.ENDED;
    feed.forgetWaiting();
    caughtUp();
    switch (terms.role()) {
      case OWNER -> replies.ended(this, outcome, terms.openedAt());
      case ADOPTER, GUEST -> replies.left(this);
    }
  }

  private Failure gap() {
    return new Failure(
        FailureCode.INTERNAL, "chunk " + feed.progress().nextSequence() + " is missing in the log");
  }
}
