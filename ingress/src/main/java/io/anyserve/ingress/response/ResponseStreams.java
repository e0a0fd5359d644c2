package io.anyserve.ingress.response;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.runtime.trace.GenAiOperation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The readers of the requests that this ingress waits for, by request. Thread-safe. */
public final class ResponseStreams {

  /** What a record of {@code tokens} was to this ingress. */
  public enum Received {
    OURS,
    FOREIGN,
    MALFORMED
  }

  private static final Logger log = LoggerFactory.getLogger(ResponseStreams.class);

  /** A retry after a lost connection comes within this time and must find its first submission. */
  private static final Duration KEYED_GRACE = Duration.ofSeconds(30);

  private final Map<RequestId, List<ResponseStream>> open = new ConcurrentHashMap<>();
  private final AtomicInteger count = new AtomicInteger();
  private final ResponseLimits limits;
  private final ResponseMetrics meters;
  private final StreamCallbacks effects;
  private final AssignedPartitions partitions;
  private final ResumeTokenCodec tokens;
  private final ResumeAdmission resumes;
  private final LongSupplier clock;
  private final RecentRequests recent = new RecentRequests();
  private volatile boolean closing;

  /**
   * Without any request.
   *
   * @param clock nanoseconds
   */
  public ResponseStreams(
      ResponseLimits limits,
      ResponseMetrics meters,
      StreamCallbacks effects,
      AssignedPartitions partitions,
      ResumeTokenCodec tokens,
      LongSupplier clock) {
    this.limits = limits;
    this.meters = meters;
    this.effects = effects;
    this.partitions = partitions;
    this.tokens = tokens;
    this.resumes = new ResumeAdmission(limits.resumes(), meters.resumes());
    this.clock = clock;
  }

  /** Where the events of a new request shall go; empty while this ingress reads none. */
  public Optional<ReplyTo> address(RequestId request) {
    return partitions.address(request);
  }

  /** By what a caller of that tenant will know the request. */
  public StreamHandle ticket(
      RequestId request, SessionId session, TenantId tenant, ReplyTo address) {
    String token = tokens.issue(new ResumeTokenCodec.Position(address, request, session), tenant);
    return new StreamHandle(request, session, address, token);
  }

  /** A request was turned away before it was opened. */
  public void refused(FailureCode code) {
    meters.refused(code);
  }

  /**
   * Takes a request in, before it is published.
   *
   * @param wait after which the caller is told that it took too long
   * @param claim where it has an idempotency key
   * @throws FailureException OVERLOADED or SHUTTING_DOWN
   */
  public ResponseStream open(
      StreamHandle ticket,
      TenantId tenant,
      Duration wait,
      GenAiOperation operation,
      Optional<PendingIdempotency> claim,
      ResponseSink sink) {
    makeRoom();
    long now = clock.getAsLong();
    long deadline = now + wait.toNanos();
    var terms =
        new SubscriptionSpec(
            ticket,
            tenant,
            SubscriberRole.OWNER,
            now,
            deadline,
            0,
            operation,
            claim,
            Optional.empty());
    return enter(ResponseStream.ofNew(terms, sink, this), sink);
  }

  /**
   * Feeds one more caller of a stream that is in the log, on whichever partition.
   *
   * @param fromSequence the first chunk that the caller wants
   * @throws FailureException PERMISSION_DENIED for a token that is none of this tenant's,
   *     OVERLOADED or SHUTTING_DOWN
   */
  public void resume(
      String token, TenantId tenant, long fromSequence, Duration wait, ResponseSink sink) {
    ResumeTokenCodec.Position position =
        tokens
            .read(token, tenant)
            .orElseThrow(
                () ->
                    new FailureException(
                        FailureCode.PERMISSION_DENIED,
                        "resume_token: not issued for this tenant (expected: one of its own"
                            + " streams')"));
    admitResume(position.request());
    var ticket =
        new StreamHandle(position.request(), position.session(), position.address(), token);
    long now = clock.getAsLong();
    long deadline = now + wait.toNanos();
    var terms =
        new SubscriptionSpec(
            ticket,
            tenant,
            SubscriberRole.ADOPTER,
            now,
            deadline,
            fromSequence,
            GenAiOperation.GENERATE_CONTENT,
            Optional.empty(),
            Optional.empty());
    enter(ResponseStream.ofOld(terms, sink, this), sink).begin();
  }

  private void admitResume(RequestId request) {
    boolean roomMade = false;
    try {
      makeRoom();
      roomMade = true;
      resumes.acquire(open.getOrDefault(request, List.of()));
    } catch (FailureException e) {
      if (roomMade) {
        count.decrementAndGet();
      }
      meters.resumes().refused();
      throw e;
    }
  }

  /** Feeds the caller of a repeated submission from the stream of the first. */
  void follow(TokenEvent.DuplicateSubmission first, SubscriptionSpec repeated, ResponseSink sink) {
    var ticket =
        ticket(
            repeated.ticket().request(),
            first.context().session(),
            repeated.tenant(),
            first.reply());
    var terms =
        new SubscriptionSpec(
            ticket,
            repeated.tenant(),
            SubscriberRole.GUEST,
            repeated.openedAt(),
            repeated.deadline(),
            0,
            repeated.operation(),
            Optional.empty(),
            repeated.claim().flatMap(PendingIdempotency::again));
    count.incrementAndGet();
    enter(ResponseStream.ofOld(terms, sink, this), sink).begin();
  }

  private void makeRoom() {
    if (closing) {
      throw new FailureException(FailureCode.SHUTTING_DOWN, "this ingress is stopping");
    }
    if (count.incrementAndGet() > limits.inFlight()) {
      count.decrementAndGet();
      throw new FailureException(
          FailureCode.OVERLOADED,
          "requests in flight: " + limits.inFlight() + ", the most allowed");
    }
  }

  private ResponseStream enter(ResponseStream reply, ResponseSink sink) {
    open.merge(reply.ticket().request(), List.of(reply), ResponseStreams::joined);
    sink.opened(reply);
    return reply;
  }

  private static List<ResponseStream> joined(List<ResponseStream> some, List<ResponseStream> more) {
    return Stream.concat(some.stream(), more.stream()).toList();
  }

  /** The request of that id, while it is in flight here. */
  public Optional<ResponseStream> find(RequestId request) {
    @Nullable List<ResponseStream> readers = open.get(request);
    return readers == null ? Optional.empty() : Optional.of(readers.getFirst());
  }

  /** What a caller of that tenant was told here of that request a short while ago. */
  public Optional<RecentRequest> recent(RequestId request, TenantId tenant) {
    return recent.find(request, clock.getAsLong()).filter(seen -> seen.tenant().equals(tenant));
  }

  void told(SubscriptionSpec terms, UnaryOperator<RecentRequest> change) {
    StreamHandle ticket = terms.ticket();
    RecentRequest accepted = RecentRequest.accepted(terms.tenant(), ticket.session());
    recent.put(ticket.request(), accepted, change, clock.getAsLong());
  }

  /** A live record of {@code tokens}, in log order; decoded only as far as somebody waits. */
  public Received receive(
      int partition, long offset, byte @Nullable [] key, byte @Nullable [] value) {
    try {
      List<TokenRecord> records = TokenCodec.decodeAll(key, value, open::containsKey);
      for (int i = 0; i < records.size(); i++) {
        receive(partition, offset, records.get(i));
      }
      return records.isEmpty() ? Received.FOREIGN : Received.OURS;
    } catch (MalformedRecordException e) {
      noteMalformed(key, e);
      return Received.MALFORMED;
    }
  }

  private void receive(int partition, long offset, TokenRecord record) {
    @Nullable List<ResponseStream> readers = open.get(record.request());
    for (int i = 0; readers != null && i < readers.size(); i++) {
      if (readers.get(i).partition() == partition) {
        receive(readers.get(i), offset, record);
      }
    }
  }

  private void noteMalformed(byte @Nullable [] key, MalformedRecordException why) {
    @Nullable List<ResponseStream> readers =
        key == null || key.length != RequestId.BYTES ? null : open.get(RequestId.of(key));
    if (readers != null && readers.getFirst().noteMalformed()) {
      log.warn(
          "skipped an event of request {}: {}",
          readers.getFirst().ticket().request(),
          why.getMessage());
    }
  }

  private static void receive(ResponseStream reply, long offset, TokenRecord record) {
    try {
      reply.receive(offset, record);
    } catch (RuntimeException | Error e) {
      abandon(reply, e);
    }
  }

  /** No fault of one caller's connection may end the thread that feeds all the others. */
  private static void abandon(ResponseStream reply, Throwable why) {
    log.error("request {} ends: its caller cannot be fed", reply.ticket().request(), why);
    try {
      reply.breakOff();
    } catch (RuntimeException | Error e) {
      log.error("request {} cannot be abandoned", reply.ticket().request(), e);
    }
  }

  /** Another ingress feeds a caller that resumed the request, and decides what becomes of it. */
  public void adoptedElsewhere(RequestId request) {
    @Nullable List<ResponseStream> readers = open.get(request);
    if (readers != null) {
      readers.forEach(reply -> reply.presence().takenOver());
    }
  }

  /** Ends every request whose deadline has passed, or whose caller did not come back in time. */
  public void expire() {
    long now = clock.getAsLong();
    for (List<ResponseStream> readers : open.values()) {
      for (int i = 0; i < readers.size(); i++) {
        expire(readers.get(i), now);
      }
    }
  }

  private static void expire(ResponseStream reply, long now) {
    try {
      reply.expire(now);
    } catch (RuntimeException | Error e) {
      abandon(reply, e);
    }
  }

  /** Takes no more requests in; those in flight go on. */
  public void stopAccepting() {
    closing = true;
  }

  /** Tells every caller still waiting to resume elsewhere. */
  public void detachAll() {
    var failure =
        new Failure(
            FailureCode.SHUTTING_DOWN, "this ingress stopped; resume the stream on another");
    List.copyOf(open.values()).forEach(all -> all.forEach(reply -> release(reply, failure)));
  }

  private static void release(ResponseStream reply, Failure failure) {
    try {
      reply.detach(failure);
    } catch (RuntimeException | Error e) {
      abandon(reply, e);
    }
  }

  /** Readers of all requests. */
  public int size() {
    return count.get();
  }

  /** Nanoseconds since the oldest request that is in flight here came; 0 where none is. */
  public long oldestAge() {
    long now = clock.getAsLong();
    long age = 0;
    for (List<ResponseStream> readers : open.values()) {
      age = Math.max(age, now - readers.getFirst().openedAt());
    }
    return age;
  }

  ResponseLimits limits() {
    return limits;
  }

  ResponseMetrics meters() {
    return meters;
  }

  long nanos() {
    return clock.getAsLong();
  }

  /** How long that reader's work goes on without its caller, nanoseconds. */
  long grace(SubscriptionSpec terms) {
    boolean longer = terms.claim().isPresent() && limits.grace().compareTo(KEYED_GRACE) < 0;
    return (longer ? KEYED_GRACE : limits.grace()).toNanos();
  }

  /** How far the live reader of that reply's partition is, at some moment after it was opened. */
  long listening(ResponseStream reply) {
    return partitions.reached(reply.partition());
  }

  /** A resumed reader needs the log no longer, or not for now. Once for each. */
  void caughtUp() {
    resumes.release();
  }

  /** Whether anybody reads a stream on that partition. */
  public boolean reads(int partition) {
    return open.values().stream()
        .anyMatch(readers -> readers.stream().anyMatch(reader -> reader.partition() == partition));
  }

  void cancel(RequestId request, CancelReason reason) {
    effects.cancel().accept(request, reason);
  }

  void replay(ResponseStream reply) {
    effects.replay().accept(reply);
  }

  /** The reply's stream goes on, and its caller counts from now on, here and elsewhere. */
  void adopted(ResponseStream adopter) {
    RequestId request = adopter.ticket().request();
    for (ResponseStream reader : open.getOrDefault(request, List.of())) {
      if (reader != adopter) {
        reader.presence().noLongerAwaited();
      }
    }
    effects.adopt().accept(request);
  }

  /** Whether the stream has another caller, here or on another ingress. */
  boolean isReadBesides(ResponseStream reply) {
    if (reply.presence().elsewhere()) {
      return true;
    }
    for (ResponseStream reader : open.getOrDefault(reply.ticket().request(), List.of())) {
      if (reader != reply && reader.presence().here()) {
        return true;
      }
    }
    return false;
  }

  void refused(ResponseStream reply, FailureCode code) {
    left(reply);
    effects.departures().unused(reply.ticket().request());
    meters.refused(code);
  }

  void duplicate(ResponseStream reply) {
    left(reply);
    effects.departures().unused(reply.ticket().request());
    meters.duplicate();
  }

  void ended(ResponseStream reply, Outcome outcome, long openedAt) {
    left(reply);
    effects.departures().ended(reply.ticket().request());
    meters.ended(outcome, clock.getAsLong() - openedAt);
  }

  /** Once for each reply. */
  void left(ResponseStream reply) {
    open.computeIfPresent(reply.ticket().request(), (request, readers) -> without(readers, reply));
    count.decrementAndGet();
  }

  private static @Nullable List<ResponseStream> without(
      List<ResponseStream> readers, ResponseStream gone) {
    if (readers.size() == 1) {
      return readers.getFirst() == gone ? null : readers;
    }
    return readers.stream().filter(reader -> reader != gone).toList();
  }
}
