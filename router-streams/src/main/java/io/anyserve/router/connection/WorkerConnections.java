package io.anyserve.router.connection;

import io.anyserve.contracts.WorkerId;
import io.anyserve.router.connection.WorkerLink.Told;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The calls that workers keep open to this router, and what their end or silence says. Times are
 * milliseconds since the epoch, by the router's clock. Thread-safe.
 *
 * <pre>
 * unknown    -- keep-alive -->                     connected
 * connected  -- keep-alive of another process -->  connected    what was begun before is lost
 * connected  -- says that it stopped -->           left         what it did not hand over is lost
 * connected  -- call ends -->                      broken off   after a pause all is lost
 * broken off -- keep-alive of the same process --> connected    what was not published again is kept
 * left, broken off -- a minute -->                 unknown
 * </pre>
 *
 * <p>A connected worker without a keep-alive for {@link #SILENCE} has lost what it began for as
 * long as it is silent. Nothing is said of an unknown worker, nor of what a worker begins while it
 * is broken off: heartbeats tell then.
 */
public final class WorkerConnections {

  /** After a call has ended: the same process may come back and keep its work. */
  public static final Duration RECONNECT_PAUSE = Duration.ofMillis(50);

  /** Without a keep-alive, of which two to six are due in that time. */
  public static final Duration SILENCE = Duration.ofMillis(1500);

  /** What a dead worker has begun may be read from the log that much later. */
  static final Duration READ_LATE = Duration.ofMillis(500);

  /** A worker that was only cut off is told what was published again when it is back by then. */
  static final Duration REMEMBERED = Duration.ofMinutes(1);

  private final Map<WorkerId, WorkerLink> links = new ConcurrentHashMap<>();
  private final Semaphore changes = new Semaphore(0);

  /**
   * Notes a keep-alive. Returns what a worker has to be told first on a new call: what of its was
   * published again.
   *
   * @param process random, one for each start of a worker process
   */
  public List<SupersededAttempt> heard(WorkerId worker, long process, WorkerCall call, long now) {
    @Nullable WorkerLink before = links.get(worker);
    if (before != null && before.ignores(call)) {
      return List.of();
    }
    boolean again = before != null && before.call().equals(call) && before.open();
    WorkerLink link =
        links.merge(
            worker,
            WorkerLink.first(process, call, now),
            (known, _) -> known.heard(process, call, now));
    if (again) {
      return List.of();
    }
    changes.release();
    long since = now - REMEMBERED.toMillis();
    return link.republished().stream()
        .filter(told -> told.at() >= since)
        .map(Told::attempt)
        .toList();
  }

  /** The worker says that it has stopped. */
  public void left(WorkerId worker, WorkerCall call, long now) {
    update(worker, call, link -> link.left(now));
  }

  /** The call has ended, in whatever way. One that another has replaced says nothing. */
  public void ended(WorkerId worker, WorkerCall call, long now) {
    update(worker, call, link -> link.ended(now));
  }

  private void update(WorkerId worker, WorkerCall call, UnaryOperator<WorkerLink> change) {
    links.computeIfPresent(
        worker, (_, link) -> link.call().equals(call) ? change.apply(link) : link);
    changes.release();
  }

  /**
   * Whether nobody works any more on what that worker began.
   *
   * @param seen when its beginning was read from the log
   */
  public boolean lost(WorkerId worker, long seen, long now) {
    @Nullable WorkerLink link = links.get(worker);
    if (link == null) {
      return false;
    }
    if (link.open()) {
      return seen < link.lostBefore() || now - link.heardAt() >= SILENCE.toMillis();
    }
    return seen < link.lostBefore()
        || (seen < link.endedAt() + READ_LATE.toMillis() && now >= lostAt(link));
  }

  private static long lostAt(WorkerLink link) {
    return link.left() ? link.endedAt() : link.endedAt() + RECONNECT_PAUSE.toMillis();
  }

  /** Whether its call has ended and it may still come back before its work is lost. */
  public boolean reconnecting(WorkerId worker, long now) {
    @Nullable WorkerLink link = links.get(worker);
    return link != null && !link.open() && now < lostAt(link);
  }

  /** Tells the worker to stop these executions: at once, and again when it comes back soon. */
  public void republished(WorkerId worker, List<SupersededAttempt> attempts, long now) {
    long since = now - REMEMBERED.toMillis();
    @Nullable WorkerLink link =
        links.computeIfPresent(worker, (_, known) -> known.told(attempts, now, since));
    if (link != null && link.open()) {
      link.call().republished(attempts);
    }
  }

  /** This router could not hear anybody: whoever seems to be gone gets the same time again. */
  public void stoodStill(long now) {
    links.replaceAll((_, link) -> link.stoodStill(now));
  }

  /** Forgets who has been gone for long. */
  public void forget(long now) {
    links.values().removeIf(link -> !link.open() && now - link.endedAt() > REMEMBERED.toMillis());
  }

  /** Whether the worker has an open call. */
  public boolean connected(WorkerId worker) {
    @Nullable WorkerLink link = links.get(worker);
    return link != null && link.open();
  }

  /** Workers with an open call. */
  public int connected() {
    return (int) links.values().stream().filter(WorkerLink::open).count();
  }

  /** Whether the call of a worker has ended within the last minute. */
  public boolean anybodyGone() {
    return links.values().stream().anyMatch(link -> !link.open());
  }

  /** Milliseconds until the next pause or silence is over; MAX_VALUE where none is. */
  public long untilNextLoss(long now) {
    long next = Long.MAX_VALUE;
    for (WorkerLink link : links.values()) {
      long at = link.open() ? link.heardAt() + SILENCE.toMillis() : lostAt(link);
      next = at > now ? Math.min(next, at - now) : next;
    }
    return next;
  }

  /** Returns when a worker connects, leaves or breaks off, at the latest after that time. */
  public void awaitChange(Duration atMost) throws InterruptedException {
    if (changes.tryAcquire(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
      changes.drainPermits();
    }
  }
}
