package io.anyserve.ingress.response;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.TokenEvent.DuplicateSubmission;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.ingress.idempotency.IdempotencyVerdict.Conflict;
import io.anyserve.ingress.idempotency.IdempotencyVerdict.First;
import io.anyserve.ingress.idempotency.IdempotencyVerdict.Repeated;
import io.anyserve.ingress.idempotency.IdempotencyVerdict.Undecided;
import io.anyserve.ingress.response.StreamLifecycle.State;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One reader of the stream of one request, which feeds one client: its part for whoever reads the
 * log, publishes the request, or holds the client's connection. Thread-safe: its lock guards all of
 * its parts and is held briefly, as the sink never blocks. {@link StreamLifecycle} has the states,
 * {@link EventDelivery} the way of an event, {@link DisconnectPolicy} what a lost client means.
 */
public final class ResponseStream {

  private static final Logger log = LoggerFactory.getLogger(ResponseStream.class);

  private static final Failure KEY_CONFLICT =
      new Failure(
          FailureCode.IDEMPOTENCY_CONFLICT,
          "idempotency-key: used before for another request (expected: a new key)");

  private final SubscriptionSpec spec;
  private final ResponseStreams streams;
  private final ClientPresence presence = new ClientPresence();
  private final EventDispatcher dispatcher;
  private final StreamLifecycle lifecycle;
  private final EventDelivery delivery;
  private final DisconnectPolicy disconnects;
  private boolean malformedSeen;

  private ResponseStream(
      SubscriptionSpec spec,
      ResponseSink sink,
      ResponseStreams streams,
      StreamCursor cursor,
      State state) {
    StreamContext context = streams.context();
    this.spec = spec;
    this.streams = streams;
    this.dispatcher = new EventDispatcher(spec, context, sink);
    this.lifecycle = new StreamLifecycle(this, context, cursor, dispatcher, state);
    this.delivery = new EventDelivery(this, context, cursor, dispatcher, lifecycle);
    this.disconnects = new DisconnectPolicy(this, context, dispatcher, lifecycle, delivery);
  }

  /** Of a request that is not in the log yet. */
  static ResponseStream ofNew(SubscriptionSpec spec, ResponseSink sink, ResponseStreams streams) {
    StreamCursor cursor = StreamCursor.live(streams.context().metrics());
    return new ResponseStream(spec, sink, streams, cursor, State.ADMITTED);
  }

  /** Of a stream that is in the log. */
  static ResponseStream ofPublished(
      SubscriptionSpec spec, ResponseSink sink, ResponseStreams streams) {
    StreamCursor cursor =
        StreamCursor.stalled(
            spec.handle().address().fromOffset(), spec.reached(), streams.context().metrics());
    return new ResponseStream(spec, sink, streams, cursor, State.ACCEPTED);
  }

  public StreamHandle handle() {
    return spec.handle();
  }

  public TenantId tenant() {
    return spec.tenant();
  }

  /** The partition of {@code tokens} where its stream lies. */
  public int partition() {
    return spec.handle().address().partition();
  }

  SubscriptionSpec spec() {
    return spec;
  }

  ClientPresence presence() {
    return presence;
  }

  /**
   * Names the place behind the event that its sink was told last, which does not end it; for {@link
   * ResponseStreams#resume}.
   */
  public synchronized String resumeToken() {
    return streams.token(delivery.position(), tenant());
  }

  /** About to be handed to the producer; false when nobody waits for it any more. */
  public synchronized boolean send() {
    return lifecycle.send();
  }

  /** The producer has it in the log. */
  public synchronized void acknowledge() {
    lifecycle.acknowledge();
  }

  /** It did not get into the log, as far as anybody knows. */
  public synchronized void refuse(Failure failure) {
    lifecycle.refuse(failure);
  }

  /** Accepted here, and no worker took it, as far as is known here. */
  public synchronized boolean waitsForWorker() {
    return spec.isOwner() && lifecycle.isPublished() && delivery.isFresh();
  }

  /** The client left; nothing can be told to it any more. It may come back, unless it is late. */
  public synchronized void onDisconnect(CancelReason reason) {
    disconnects.onDisconnect(reason);
  }

  /** Ends it and its work without a word: its client will not come back for it. */
  public synchronized void cancel(CancelReason reason) {
    lifecycle.cancel(reason);
  }

  /** Ends it for its client only: the work goes on and can be resumed. */
  public synchronized void detach(Failure failure) {
    lifecycle.detach(failure);
  }

  /**
   * Begins to read its stream in the log. Its client is told at once that it is there, unless it
   * may turn out never to have begun.
   */
  synchronized void begin() {
    if (spec.resubmission().isEmpty()) {
      dispatcher.accepted();
    }
    delivery.drain();
  }

  /** Delivers what waits, as far as the client takes it. */
  public synchronized void drain() {
    delivery.drain();
  }

  /** The next record of this request, live; what is there before it was sent is not its. */
  synchronized void receive(long offset, long timestamp, TokenRecord record) {
    if (lifecycle.is(State.UNDECIDED)) {
      decide(record);
    }
    delivery.receive(offset, timestamp, record);
  }

  private void decide(TokenRecord record) {
    switch (spec.claim().orElseThrow().judge(record)) {
      case Undecided _ -> {}
      case First _ -> lifecycle.prove();
      case Conflict _ -> lifecycle.refuse(KEY_CONFLICT);
      case Repeated(DuplicateSubmission first) -> follow(first);
    }
  }

  private void follow(DuplicateSubmission first) {
    lifecycle.replaceByDuplicate();
    if (presence.here()) {
      streams.follow(first, spec, dispatcher.sink());
    }
  }

  /** The offset from which the log is to be read for it; negative for the log's beginning. */
  public synchronized long wanted() {
    return delivery.wanted();
  }

  /** Whether the log is to be read for it. */
  public synchronized boolean isBehind() {
    return delivery.isBehind();
  }

  /**
   * A record of this request, read again; false where it is not to be read for any longer.
   *
   * @param timestamp milliseconds since the epoch, by the log's clock
   */
  public synchronized boolean replay(long offset, long timestamp, TokenRecord record) {
    return delivery.replay(offset, timestamp, record);
  }

  /** All its records before {@code offset} were replayed; false where it needs no more of them. */
  public synchronized boolean replayed(long offset) {
    return delivery.replayed(offset);
  }

  /** Ends it in favour of another resume of the same request; false where it caught up before. */
  synchronized boolean giveWay(Failure failure) {
    if (!lifecycle.isCatchingUp()) {
      return false;
    }
    lifecycle.fail(failure);
    return true;
  }

  /** The log cannot be read for it; the work of others goes on. */
  public synchronized void onReplayFailure(Failure failure) {
    disconnects.onReplayFailure(failure);
  }

  /**
   * Something failed while it was replayed: as {@link #onReplayFailure}, and told also where it has
   * ended.
   */
  public synchronized void abandonReplay(Failure failure) {
    try {
      dispatcher.fail(failure);
    } finally {
      disconnects.onReplayFailure(failure);
    }
  }

  /**
   * Something failed while it was fed: its client is told, unless it was told an end before, and
   * may come back where the work goes on. Never throws: no fault of one client's connection may end
   * the thread that feeds all others.
   */
  void abandon(Throwable why) {
    log.error("request {} ends: its caller cannot be fed", handle().request(), why);
    try {
      breakOff();
    } catch (RuntimeException | Error e) {
      log.error("request {} cannot be abandoned", handle().request(), e);
    }
  }

  private synchronized void breakOff() {
    try {
      dispatcher.fail(Failure.unforeseen());
    } finally {
      disconnects.onDisconnect(CancelReason.CLIENT_GONE);
    }
  }

  /** True the first time only: a broken worker must not flood the operator's log. */
  synchronized boolean noteMalformed() {
    boolean first = !malformedSeen;
    malformedSeen = true;
    return first;
  }

  /** Ends it where it is late, or where its client did not come back. */
  synchronized void expire(long now) {
    disconnects.expire(now);
  }
}
