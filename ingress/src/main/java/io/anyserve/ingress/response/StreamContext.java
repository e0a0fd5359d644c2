package io.anyserve.ingress.response;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.ingress.response.UnseenEnds.LiveEnd;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;

/**
 * What the streams of one ingress share, and what follows outside of a stream when it changes.
 * Thread-safe; no call blocks or takes the lock of a stream.
 */
final class StreamContext {

  /** A retry after a lost connection comes within this time and must find its first submission. */
  private static final Duration KEYED_GRACE = Duration.ofSeconds(30);

  private final StreamRegistry registry;
  private final ResponseLimits limits;
  private final ResponseMetrics metrics;
  private final StreamCallbacks callbacks;
  private final AssignedPartitions partitions;
  private final LongSupplier clock;
  private final ResumeAdmission resumes;
  private final RecentRequests recent = new RecentRequests();
  private final UnseenEnds unseenEnds = new UnseenEnds(this::ended);

  /**
   * Without any stream.
   *
   * @param clock nanoseconds
   */
  StreamContext(
      StreamRegistry registry,
      ResponseLimits limits,
      ResponseMetrics metrics,
      StreamCallbacks callbacks,
      AssignedPartitions partitions,
      LongSupplier clock) {
    this.registry = registry;
    this.limits = limits;
    this.metrics = metrics;
    this.callbacks = callbacks;
    this.partitions = partitions;
    this.clock = clock;
    this.resumes = new ResumeAdmission(limits.resumes(), metrics.resumes());
  }

  ResponseLimits limits() {
    return limits;
  }

  ResponseMetrics metrics() {
    return metrics;
  }

  ResumeAdmission resumes() {
    return resumes;
  }

  long nanos() {
    return clock.getAsLong();
  }

  /** How long that reader's work goes on without its client, nanoseconds. */
  long gracePeriod(SubscriptionSpec spec) {
    boolean longer = spec.claim().isPresent() && limits.grace().compareTo(KEYED_GRACE) < 0;
    return (longer ? KEYED_GRACE : limits.grace()).toNanos();
  }

  /**
   * How far the live reader of that partition has come; {@link AssignedPartitions#NOT_READ} where
   * there is none.
   */
  long livePosition(int partition) {
    return partitions.reached(partition);
  }

  /** Whether all events from that place on are to come live. */
  boolean isLiveFrom(ReplyTo place) {
    long live = livePosition(place.partition());
    return live != AssignedPartitions.NOT_READ && place.fromOffset() >= live;
  }

  /** The client is told something of its request. */
  void remember(SubscriptionSpec spec, UnaryOperator<RecentRequest> change) {
    StreamHandle handle = spec.handle();
    RecentRequest accepted = RecentRequest.accepted(spec.tenant(), handle.session());
    recent.put(handle.request(), accepted, change, nanos());
  }

  private void ended(SubscriptionSpec spec, RecentRequest.End end) {
    remember(spec, seen -> seen.with(end));
  }

  UnseenEnds unseenEnds() {
    return unseenEnds;
  }

  /**
   * A reader is about to end before the end of its stream was told. That is still noted when it
   * comes live; where it cannot be, nothing is claimed of the request any more.
   *
   * @param live empty where the stream did not come live from its beginning
   */
  void leftBeforeEnd(ResponseStream stream, Optional<LiveEnd> live) {
    SubscriptionSpec spec = stream.spec();
    Optional<RecentRequest.End> end = live.flatMap(LiveEnd::end);
    if (end.isPresent()) {
      ended(spec, end.get());
    } else if (!isFollowed(stream, live)) {
      recent.unfollow(spec.handle().request());
    }
  }

  /** Whether this ingress comes to know the end of its stream without that reader. */
  private boolean isFollowed(ResponseStream stream, Optional<LiveEnd> live) {
    if (live.isPresent()) {
      return unseenEnds.follow(stream.spec(), live.get(), nanos());
    }
    RequestId request = stream.handle().request();
    return registry.readers(request).size() > 1 || unseenEnds.contains(request);
  }

  /** What a client of that tenant was told of that request a short while ago. */
  Optional<RecentRequest> recent(RequestId request, TenantId tenant) {
    return recent.find(request, nanos()).filter(seen -> seen.tenant().equals(tenant));
  }

  /** The latest of a tenant's requests of which a client was told something. */
  List<TenantActivity.Recent> latest(TenantId tenant, int most) {
    return recent.latest(tenant, most, nanos());
  }

  /** Tells the workers to stop a request. */
  void cancel(RequestId request, CancelReason reason) {
    callbacks.cancel().accept(request, reason);
  }

  /** Asks for the log to be read for a reader that is behind. */
  void replay(ResponseStream stream) {
    callbacks.replay().accept(stream);
  }

  /** The client of that reader resumed, and counts from now on, here and on other ingresses. */
  void takeOver(ResponseStream stream) {
    RequestId request = stream.handle().request();
    for (ResponseStream reader : registry.readers(request)) {
      if (reader != stream) {
        reader.presence().noLongerAwaited();
      }
    }
    callbacks.takeOver().accept(request);
  }

  /** Whether the stream has another client, here or on another ingress. */
  boolean isReadByOthers(ResponseStream stream) {
    return stream.presence().elsewhere() || registry.isReadByOthers(stream);
  }

  /** The request of that reader did not get into the log, as far as is known here. */
  void refused(ResponseStream stream, FailureCode code) {
    withdrawn(stream);
    metrics.refused(code);
  }

  /** The request of that reader was in the log before, under the same idempotency key. */
  void duplicate(ResponseStream stream) {
    withdrawn(stream);
    metrics.duplicate();
  }

  private void withdrawn(ResponseStream stream) {
    registry.remove(stream);
    callbacks.departures().unused(stream.handle().request());
  }

  /** The request of that reader ended, or this ingress is done with it. */
  void ended(ResponseStream stream, Outcome outcome) {
    registry.remove(stream);
    callbacks.departures().ended(stream.handle().request());
    metrics.ended(outcome, nanos() - stream.spec().openedAt());
  }

  /** A reader that is not the owner's ended. */
  void left(ResponseStream stream) {
    registry.remove(stream);
  }
}
