package io.anyserve.ingress.response;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.TokenEvent.DuplicateSubmission;
import io.anyserve.ingress.idempotency.PendingIdempotency;
import io.anyserve.ingress.response.SubscriberRole.Duplicate;
import io.anyserve.ingress.response.SubscriberRole.Owner;
import io.anyserve.ingress.response.SubscriberRole.Resumed;
import io.anyserve.ingress.response.SubscriberRole.Watcher;
import io.anyserve.runtime.trace.GenAiOperation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The streams of responses that this ingress feeds to its clients: opens them, resumes them, hands
 * them what comes live, and ends them when they are late. Thread-safe.
 */
public final class ResponseStreams {

  /** What a record of {@code tokens} was to this ingress. */
  public enum Received {
    OURS,
    FOREIGN,
    MALFORMED
  }

  /** Fewer streams are not worth a pause. */
  private static final int SMALLEST_PORTION = 8;

  private final StreamRegistry registry;
  private final StreamContext context;
  private final LiveEventReceiver receiver;
  private final AssignedPartitions partitions;
  private final ResumeTokenCodec tokens;

  /**
   * Without any request.
   *
   * @param clock nanoseconds
   */
  public ResponseStreams(
      ResponseLimits limits,
      ResponseMetrics metrics,
      StreamCallbacks callbacks,
      AssignedPartitions partitions,
      ResumeTokenCodec tokens,
      LongSupplier clock) {
    this.registry = new StreamRegistry(limits.inFlight());
    this.context = new StreamContext(registry, limits, metrics, callbacks, partitions, clock);
    this.receiver = new LiveEventReceiver(registry, context.unseenEnds());
    this.partitions = partitions;
    this.tokens = tokens;
  }

  StreamContext context() {
    return context;
  }

  /** Where the events of a new request shall go; empty while this ingress reads none. */
  public Optional<ReplyTo> address(RequestId request) {
    return partitions.address(request);
  }

  /** By what a client of that tenant will know the request. */
  public StreamHandle handle(
      RequestId request, SessionId session, TenantId tenant, ReplyTo address) {
    String token = token(new ResumeTokenCodec.Position(address, request, session), tenant);
    return new StreamHandle(request, session, address, token);
  }

  String token(ResumeTokenCodec.Position position, TenantId tenant) {
    return tokens.issue(position, tenant);
  }

  /** A request was turned away before it was opened. */
  public void refused(FailureCode code) {
    context.metrics().refused(code);
  }

  /**
   * Takes a request in, before it is published.
   *
   * @param wait after which the client is told that it took too long
   * @param claim where it has an idempotency key
   * @throws FailureException OVERLOADED or SHUTTING_DOWN
   */
  public ResponseStream open(
      StreamHandle handle,
      TenantId tenant,
      Duration wait,
      GenAiOperation operation,
      Optional<PendingIdempotency> claim,
      ResponseSink sink) {
    registry.reserve();
    SubscriptionSpec spec = spec(handle, tenant, wait, new Owner(operation, claim));
    return enter(ResponseStream.ofNew(spec, sink, this), sink);
  }

  /**
   * Feeds one more client of a stream that is in the log, on whichever partition. Where the live
   * reader did not pass the token's place, the stream goes on live at once.
   *
   * @param fromSequence the first chunk that the client wants
   * @throws FailureException PERMISSION_DENIED for a token that is none of this tenant's,
   *     INVALID_REQUEST for a sequence before the token's place, OVERLOADED or SHUTTING_DOWN
   */
  public void resume(
      String token, TenantId tenant, long fromSequence, Duration wait, ResponseSink sink) {
    ResumeTokenCodec.Position position =
        tokens.read(token, tenant).orElseThrow(ResponseStreams::foreignToken);
    requireBehind(position.progress().nextSequence(), fromSequence);
    boolean readsBack = admitResume(position);
    var role = new Resumed(fromSequence, position.progress(), readsBack);
    begin(spec(handle(position, token), tenant, wait, role), sink);
  }

  /**
   * Feeds a client that looks on: what becomes of the request does not depend on it.
   *
   * @param token of the place behind which it begins
   * @throws FailureException PERMISSION_DENIED for a token that is none of this request's and
   *     tenant's, OVERLOADED or SHUTTING_DOWN
   */
  public void watch(
      String token, TenantId tenant, RequestId request, Duration wait, ResponseSink sink) {
    ResumeTokenCodec.Position position =
        tokens
            .read(token, tenant)
            .filter(place -> place.request().equals(request))
            .orElseThrow(ResponseStreams::foreignToken);
    boolean readsBack = admitResume(position);
    var role = new Watcher(position.progress(), readsBack);
    begin(spec(handle(position, token), tenant, wait, role), sink);
  }

  private static StreamHandle handle(ResumeTokenCodec.Position position, String token) {
    return new StreamHandle(position.request(), position.session(), position.address(), token);
  }

  private void begin(SubscriptionSpec spec, ResponseSink sink) {
    enter(ResponseStream.ofPublished(spec, sink, this), sink).begin();
  }

  private static FailureException foreignToken() {
    return new FailureException(
        FailureCode.PERMISSION_DENIED,
        "resume_token: not issued for this tenant (expected: one of its own streams')");
  }

  private static void requireBehind(long next, long fromSequence) {
    if (fromSequence > 0 && fromSequence < next) {
      throw new FailureException(
          FailureCode.INVALID_REQUEST,
          "from_sequence: %d (expected: 0, or >= %d, the chunk behind the one of this resume_token)"
              .formatted(fromSequence, next));
    }
  }

  /** Whether it takes a place to read back. */
  private boolean admitResume(ResumeTokenCodec.Position position) {
    boolean readsBack = !context.isLiveFrom(position.address());
    admitResume(position.request(), readsBack);
    return readsBack;
  }

  private void admitResume(RequestId request, boolean readsBack) {
    boolean reserved = false;
    try {
      registry.reserve();
      reserved = true;
      if (readsBack) {
        context.resumes().acquire(registry.readers(request));
      } else {
        context.metrics().resumes().admittedLive();
      }
    } catch (FailureException e) {
      if (reserved) {
        registry.release();
      }
      context.metrics().resumes().refused();
      throw e;
    }
  }

  private SubscriptionSpec spec(
      StreamHandle handle, TenantId tenant, Duration wait, SubscriberRole role) {
    long now = context.nanos();
    return new SubscriptionSpec(handle, tenant, now, now + wait.toNanos(), role);
  }

  /** Feeds the client of a repeated submission from the stream of the first. */
  void follow(DuplicateSubmission first, SubscriptionSpec repeated, ResponseSink sink) {
    StreamHandle handle =
        handle(
            repeated.handle().request(),
            first.context().session(),
            repeated.tenant(),
            first.reply());
    var role = new Duplicate(repeated.claim().flatMap(PendingIdempotency::again));
    var spec =
        new SubscriptionSpec(
            handle, repeated.tenant(), repeated.openedAt(), repeated.deadline(), role);
    registry.reserveAgain();
    begin(spec, sink);
  }

  private ResponseStream enter(ResponseStream stream, ResponseSink sink) {
    registry.add(stream);
    sink.opened(stream);
    return stream;
  }

  /** The request of that id, while it is in flight here. */
  public Optional<ResponseStream> find(RequestId request) {
    return registry.first(request);
  }

  /** What a client of that tenant was told here of that request a short while ago. */
  public Optional<RecentRequest> recent(RequestId request, TenantId tenant) {
    return context.recent(request, tenant);
  }

  /**
   * The requests of a tenant at this ingress.
   *
   * @param most recent ones
   */
  public TenantActivity activity(TenantId tenant, int most) {
    List<ResponseStream> owned =
        registry.all().stream()
            .map(List::getFirst)
            .filter(stream -> stream.tenant().equals(tenant))
            .toList();
    long waiting = owned.stream().filter(ResponseStream::waitsForWorker).count();
    return new TenantActivity(owned.size(), (int) waiting, context.latest(tenant, most));
  }

  /**
   * A live record of {@code tokens}, in log order; decoded only as far as somebody waits.
   *
   * @param timestamp milliseconds since the epoch, by the log's clock
   */
  public Received receive(
      int partition, long offset, long timestamp, byte @Nullable [] key, byte @Nullable [] value) {
    return receiver.receive(partition, offset, timestamp, key, value);
  }

  /** Whether anybody reads a stream on that partition. */
  public boolean reads(int partition) {
    return registry.reads(partition);
  }

  /** Another ingress feeds a client that resumed the request, and decides what becomes of it. */
  public void takenOverElsewhere(RequestId request) {
    registry.readers(request).forEach(stream -> stream.presence().takenOver());
  }

  /** Ends every request whose deadline has passed, or whose client did not come back in time. */
  public void expire() {
    long now = context.nanos();
    context.unseenEnds().forgetOld(now);
    for (List<ResponseStream> readers : registry.all()) {
      for (int i = 0; i < readers.size(); i++) {
        expire(readers.get(i), now);
      }
    }
  }

  private static void expire(ResponseStream stream, long now) {
    try {
      stream.expire(now);
    } catch (RuntimeException | Error e) {
      stream.abandon(e);
    }
  }

  /** Takes no more requests in; those in flight go on. */
  public void stopAccepting() {
    registry.stopAccepting();
  }

  /** Tells every client still waiting to resume elsewhere. */
  public void detachAll() {
    detachPortion(1);
  }

  /**
   * Tells some of the clients still waiting to resume elsewhere.
   *
   * @param portions how many portions those that wait now make
   * @return whether others still wait
   */
  public boolean detachPortion(int portions) {
    var failure =
        new Failure(
            FailureCode.SHUTTING_DOWN, "this ingress stopped; resume the stream on another");
    List<ResponseStream> open = registry.all().stream().flatMap(List::stream).toList();
    int portion = Math.max(SMALLEST_PORTION, Math.ceilDiv(open.size(), portions));
    open.stream().limit(portion).forEach(stream -> detach(stream, failure));
    return open.size() > portion;
  }

  private static void detach(ResponseStream stream, Failure failure) {
    try {
      stream.detach(failure);
    } catch (RuntimeException | Error e) {
      stream.abandon(e);
    }
  }

  /** Readers of all requests. */
  public int size() {
    return registry.size();
  }

  /** Nanoseconds since the oldest request that is in flight here came; 0 where none is. */
  public long oldestAge() {
    long now = context.nanos();
    long age = 0;
    for (List<ResponseStream> readers : registry.all()) {
      age = Math.max(age, now - readers.getFirst().spec().openedAt());
    }
    return age;
  }
}
