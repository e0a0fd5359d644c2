package io.anyserve.ingress.reply;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.ReplyAddress;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.contracts.wire.MalformedRecordException;
import io.anyserve.contracts.wire.TokenWire;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The requests that this ingress waits for, by id. Thread-safe. */
public final class Replies {

  /** What a record of {@code tokens} was to this ingress. */
  public enum Received {
    OURS,
    FOREIGN,
    MALFORMED
  }

  private static final Logger log = LoggerFactory.getLogger(Replies.class);

  private final Map<RequestId, Reply> open = new ConcurrentHashMap<>();
  private final AtomicInteger count = new AtomicInteger();
  private final ReplyLimits limits;
  private final ReplyMeters meters;
  private final BiConsumer<RequestId, CancelReason> cancel;
  private final ReplyPartitions partitions;
  private final LongSupplier clock;
  private volatile boolean closing;

  /**
   * Without any request.
   *
   * @param cancel tells the workers to stop a request
   * @param clock nanoseconds
   */
  public Replies(
      ReplyLimits limits,
      ReplyMeters meters,
      BiConsumer<RequestId, CancelReason> cancel,
      ReplyPartitions partitions,
      LongSupplier clock) {
    this.limits = limits;
    this.meters = meters;
    this.cancel = cancel;
    this.partitions = partitions;
    this.clock = clock;
  }

  /** Where the events of a new request shall go; empty while this ingress reads none. */
  public Optional<ReplyAddress> address(RequestId request) {
    return partitions.address(request);
  }

  /** A request was turned away before it was opened. */
  public void refused(FailureCode code) {
    meters.refused(code);
  }

  /**
   * Takes a request in, before it is published.
   *
   * @param wait after which the caller is told that it took too long
   * @throws FailureException OVERLOADED or SHUTTING_DOWN
   */
  public Reply open(Ticket ticket, TenantId tenant, Duration wait, ReplySink sink) {
    if (closing) {
      throw new FailureException(FailureCode.SHUTTING_DOWN, "this ingress is stopping");
    }
    if (count.incrementAndGet() > limits.inFlight()) {
      count.decrementAndGet();
      throw new FailureException(
          FailureCode.OVERLOADED,
          "requests in flight: " + limits.inFlight() + ", the most allowed");
    }
    long now = clock.getAsLong();
    Reply reply = new Reply(ticket, tenant, now, now + wait.toNanos(), sink, this);
    open.put(ticket.request(), reply);
    sink.opened(reply);
    return reply;
  }

  /** The request of that id, while it is in flight here. */
  public Optional<Reply> find(RequestId request) {
    return Optional.ofNullable(open.get(request));
  }

  /** A record of {@code tokens}, in log order; decoded only when somebody waits for it. */
  public Received receive(byte @Nullable [] key, byte @Nullable [] value) {
    if (key == null || key.length != RequestId.BYTES) {
      return Received.MALFORMED;
    }
    @Nullable Reply reply = open.get(RequestId.of(key));
    return reply == null ? Received.FOREIGN : receive(reply, key, value);
  }

  private Received receive(Reply reply, byte[] key, byte @Nullable [] value) {
    try {
      reply.receive(TokenWire.decode(key, value));
      return Received.OURS;
    } catch (MalformedRecordException e) {
      if (reply.noteMalformed()) {
        log.warn("skipped an event of request {}: {}", reply.ticket().request(), e.getMessage());
      }
      return Received.MALFORMED;
    } catch (RuntimeException e) {
      log.error("request {} ends: its caller cannot be fed", reply.ticket().request(), e);
      reply.abandon(CancelReason.CLIENT_GONE);
      return Received.OURS;
    }
  }

  /** Ends every request whose deadline has passed. */
  public void expire() {
    long now = clock.getAsLong();
    for (Reply reply : open.values()) {
      reply.expire(now);
    }
  }

  /** Takes no more requests in; those in flight go on. */
  public void stopIntake() {
    closing = true;
  }

  /** Tells every caller still waiting to resume elsewhere. */
  public void releaseAll() {
    var failure =
        new Failure(
            FailureCode.SHUTTING_DOWN, "this ingress stopped; resume the stream on another");
    List.copyOf(open.values()).forEach(reply -> reply.release(failure));
  }

  public int size() {
    return open.size();
  }

  ReplyLimits limits() {
    return limits;
  }

  ReplyMeters meters() {
    return meters;
  }

  long nanos() {
    return clock.getAsLong();
  }

  void cancel(RequestId request, CancelReason reason) {
    cancel.accept(request, reason);
  }

  void refused(Reply reply, FailureCode code) {
    remove(reply);
    meters.refused(code);
  }

  void ended(Reply reply, Outcome outcome, long openedAt) {
    remove(reply);
    meters.ended(outcome, clock.getAsLong() - openedAt);
  }

  private void remove(Reply reply) {
    if (open.remove(reply.ticket().request(), reply)) {
      count.decrementAndGet();
    }
  }
}
