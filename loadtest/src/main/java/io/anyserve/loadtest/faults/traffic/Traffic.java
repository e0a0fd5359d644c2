package io.anyserve.loadtest.faults.traffic;

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
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/** All callers of a run. Thread-safe. */
public final class Traffic implements AutoCloseable {

  private static final long TICK_MILLIS = 250;
  private static final long LOOK_NANOS = 20_000_000;

  private final Doors doors;
  private final AsyncAsks intake;
  private final LongSupplier nanos;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          work -> Thread.ofPlatform().name("traffic").daemon().unstarted(work));
  private final Set<AskRun> open = ConcurrentHashMap.newKeySet();
  private final ConcurrentLinkedQueue<Seen> seen = new ConcurrentLinkedQueue<>();
  private final Map<Seen.End, AtomicInteger> ends = new EnumMap<>(Seen.End.class);
  private final AtomicLong latestBegin = new AtomicLong(Long.MIN_VALUE);

  /**
   * Nobody calls yet.
   *
   * @param ports of the ingresses
   * @param intake for what goes there directly
   */
  public Traffic(List<Integer> ports, AsyncAsks intake, LongSupplier nanos) {
    this.doors = new Doors(ports, nanos);
    this.intake = intake;
    this.nanos = nanos;
    for (Seen.End end : Seen.End.values()) {
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
    long now = now();
    open.forEach(run -> run.tick(now));
  }

  /** Lets a caller begin. */
  public void begin(Ask ask) {
    if (ask.way() == Ask.Way.INTAKE) {
      intake.submit(ask, now(), this::add);
      return;
    }
    begin(new AskRun(ask, ask.door(), this));
    if (ask.twice()) {
      begin(new AskRun(ask, ask.door() + 1, this));
    }
  }

  private void begin(AskRun run) {
    open.add(run);
    run.attempt();
  }

  /** Callers that wait for something. */
  public Collection<AskRun> open() {
    return List.copyOf(open);
  }

  /** What those saw whose request has ended. */
  public List<Seen> seen() {
    return List.copyOf(seen);
  }

  /** How many ended that way. */
  public int ended(Seen.End how) {
    return count(how).get();
  }

  /** True once a request finished that began after that time. */
  public boolean awaitFinishedSince(long begun, Duration patience) {
    return await(() -> latestBegin.get() - begun > 0, patience);
  }

  /** True once no caller waits. */
  public boolean awaitNobody(Duration patience) {
    return await(() -> open.isEmpty() && intake.idle(), patience);
  }

  private boolean await(java.util.function.BooleanSupplier condition, Duration patience) {
    long deadline = now() + patience.toNanos();
    while (!condition.getAsBoolean()) {
      if (now() - deadline > 0 || Thread.currentThread().isInterrupted()) {
        return false;
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
    return true;
  }

  long now() {
    return nanos.getAsLong();
  }

  InferenceServiceStub stub(int door, Optional<String> key) {
    return doors.stub(door, key);
  }

  /** When the ingress last said that it is well. */
  long wellAt(int door) {
    return doors.wellAt(door);
  }

  Optional<StreamAccepted> ticket(StatusRuntimeException failure) {
    return Doors.ticket(failure);
  }

  void later(Runnable work, long millis) {
    if (!timer.isShutdown()) {
      var _ = timer.schedule(work, millis, TimeUnit.MILLISECONDS);
    }
  }

  void ended(AskRun run, Seen outcome) {
    add(outcome);
    open.remove(run);
    if (outcome.how() == Seen.End.FINISHED) {
      latestBegin.accumulateAndGet(outcome.begin(), Math::max);
    }
  }

  private void add(Seen outcome) {
    seen.add(outcome);
    count(outcome.how()).incrementAndGet();
  }

  private AtomicInteger count(Seen.End how) {
    return java.util.Objects.requireNonNull(ends.get(how), "every end has its count");
  }

  @Override
  public void close() {
    timer.shutdownNow();
    doors.close();
    intake.close();
  }
}
