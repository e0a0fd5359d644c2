package io.anyserve.chaos.client;

import io.anyserve.v1.InferenceServiceGrpc.InferenceServiceStub;
import io.anyserve.v1.StreamAccepted;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** All callers of a run. Thread-safe. */
public final class ClientPool implements AutoCloseable {

  private static final long TICK_MILLIS = 250;
  private static final Duration SILENCE = Duration.ofSeconds(15);
  private static final Duration NO_LIMIT = Duration.ofDays(1);

  private final IngressEndpoints doors;
  private final AsyncSubmitter intake;
  private final LongSupplier nanos;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          work -> Thread.ofPlatform().name("traffic").daemon().unstarted(work));
  private final Set<ChaosClient> open = ConcurrentHashMap.newKeySet();
  private final ConcurrentLinkedQueue<ClientObservation> seen = new ConcurrentLinkedQueue<>();
  private final Map<ClientObservation.End, AtomicInteger> ends =
      new EnumMap<>(ClientObservation.End.class);
  private final AtomicLong latestBegin = new AtomicLong(Long.MIN_VALUE);
  private final AtomicInteger ended = new AtomicInteger();
  private final SilenceTimeout patience = new SilenceTimeout(SILENCE);
  private final OpenCounts counts = new OpenCounts();
  private final Progress progress;
  private final boolean leaveSilent;

  /**
   * Nobody calls yet.
   *
   * @param addresses of the ingresses
   * @param intake for what goes there directly
   */
  public ClientPool(List<IngressAddress> addresses, AsyncSubmitter intake, LongSupplier nanos) {
    this(addresses, intake, nanos, true);
  }

  /**
   * Nobody calls yet.
   *
   * @param leaveSilent callers leave an ingress that fails its health checks; otherwise they stay
   *     until it ends their call
   */
  public ClientPool(
      List<IngressAddress> addresses,
      AsyncSubmitter intake,
      LongSupplier nanos,
      boolean leaveSilent) {
    this.leaveSilent = leaveSilent;
    this.doors = new IngressEndpoints(addresses, nanos);
    this.intake = intake;
    this.nanos = nanos;
    this.progress = new Progress(nanos);
    for (ClientObservation.End end : ClientObservation.End.values()) {
      ends.put(end, new AtomicInteger());
    }
  }

  /** Begins to look after the callers' time. */
  public void start() {
    var _ =
        timer.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void tick() {
    doors.knock();
    doors.askHowTheyAre();
    counts.sample(open.size());
    long now = now();
    open.forEach(run -> run.tick(now));
  }

  /** Lets a caller begin. */
  public void begin(TestRequest ask) {
    if (ask.way() == TestRequest.Submission.INTAKE) {
      intake.submit(ask, now(), this::add);
      return;
    }
    begin(new ChaosClient(ask, ask.ingress(), this));
    if (ask.twice()) {
      begin(new ChaosClient(ask, ask.ingress() + 1, this));
    }
  }

  private void begin(ChaosClient run) {
    open.add(run);
    run.attempt();
  }

  /** Callers that wait for something. */
  public Collection<ChaosClient> open() {
    return List.copyOf(open);
  }

  /** What those saw whose request has ended. */
  public List<ClientObservation> seen() {
    return List.copyOf(seen);
  }

  /** How many ended that way. */
  public int ended(ClientObservation.End how) {
    return count(how).get();
  }

  /** Requests of callers that have ended, whichever way. */
  public int ended() {
    return ended.get();
  }

  /** True once that many have ended; false when everything stands still. */
  boolean awaitEnded(int count) {
    return progress.await(() -> ended.get() >= count, NO_LIMIT);
  }

  /**
   * True once a request finished that began after that time; false when everything stands still.
   */
  public boolean awaitFinishedSince(long begun) {
    return progress.await(() -> latestBegin.get() - begun > 0, NO_LIMIT);
  }

  /** True once no caller waits; false when everything stands still. */
  public boolean awaitNobody() {
    return progress.await(() -> open.isEmpty() && intake.idle(), NO_LIMIT);
  }

  /** A fault comes; returns how many callers waited before, by the last seconds. */
  public int beginFault() {
    counts.beginFault();
    return counts.usual();
  }

  /** Its backlog is gone, or no longer waited for; returns the most callers that waited. */
  public int endFault() {
    counts.endFault();
    return counts.peak();
  }

  /**
   * True once no more callers wait than may where that many do usually; false at the limit or when
   * everything stands still.
   */
  public boolean awaitDrained(int usual, Duration limit) {
    return progress.await(() -> open.size() <= OpenCounts.most(usual), limit);
  }

  long now() {
    return nanos.getAsLong();
  }

  InferenceServiceStub stub(int door, Optional<String> key) {
    return doors.stub(door, key);
  }

  WebStreamClient httpStreams() {
    return doors.httpStreams();
  }

  /** The port of a door's API over HTTP. */
  int http(int door) {
    return doors.http(door);
  }

  /** The ingress no longer says that it is well. */
  boolean isGone(int door, long now) {
    return leaveSilent && doors.isGone(door, now);
  }

  /** What a caller bears of an ingress that says that it is well, nanoseconds. */
  long silence() {
    return patience.silence();
  }

  void progressed(long now) {
    progress.made(now);
  }

  boolean standsStill(long now) {
    return progress.standsStill(now);
  }

  Optional<StreamAccepted> ticket(StatusRuntimeException failure) {
    return IngressEndpoints.ticket(failure);
  }

  void later(Runnable work, long millis) {
    if (!timer.isShutdown()) {
      var _ = timer.schedule(work, millis, TimeUnit.MILLISECONDS);
    }
  }

  void ended(ChaosClient run, ClientObservation outcome) {
    add(outcome);
    open.remove(run);
    ended.incrementAndGet();
    progress.made(outcome.end());
    if (outcome.how() == ClientObservation.End.FINISHED) {
      patience.finished(outcome.end() - outcome.begin());
      latestBegin.accumulateAndGet(outcome.begin(), Math::max);
    }
  }

  private void add(ClientObservation outcome) {
    seen.add(outcome);
    count(outcome.how()).incrementAndGet();
  }

  private AtomicInteger count(ClientObservation.End how) {
    return java.util.Objects.requireNonNull(ends.get(how), "every end has its count");
  }

  @Override
  public void close() {
    timer.shutdownNow();
    doors.close();
    intake.close();
  }
}
