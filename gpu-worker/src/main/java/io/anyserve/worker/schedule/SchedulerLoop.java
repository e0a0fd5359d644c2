package io.anyserve.worker.schedule;

import io.anyserve.runtime.Health;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread of a scheduler: loads the engine, steps, waits, and closes what it owns. Only {@link
 * #stop} ends it: a step that fails is followed by another one, after a pause that doubles.
 */
public final class SchedulerLoop implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(SchedulerLoop.class);
  private static final long FIRST_PAUSE = 10_000_000L;
  private static final int MOST_DOUBLINGS = 7;

  private final String name;
  private final Scheduler scheduler;
  private final CommandQueue inbox;
  private final boolean loadFirst;
  private final Runnable healthChanged;
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private int failures;
  private volatile Health health = Health.UP;
  private volatile boolean stopping;

  /**
   * @param name of the scheduler, in health and logs
   * @param loadFirst the engine is loaded before anything else
   * @param healthChanged called after each step that changes the health
   */
  public SchedulerLoop(
      String name,
      Scheduler scheduler,
      CommandQueue inbox,
      boolean loadFirst,
      Runnable healthChanged) {
    this.name = name;
    this.scheduler = scheduler;
    this.inbox = inbox;
    this.loadFirst = loadFirst;
    this.healthChanged = healthChanged;
  }

  /** Completes once the engine is loaded, or fails as that failed. */
  public CompletableFuture<Void> ready() {
    return ready;
  }

  /**
   * Down from a step that failed to the next one that does not, and while the engine rests after a
   * failure. Any thread.
   */
  public Health health() {
    return health;
  }

  @Override
  public void run() {
    try (scheduler) {
      if (loadFirst && !stopping) {
        scheduler.warmUp();
      }
      ready.complete(null);
      while (!stopping) {
        step();
      }
    } catch (RuntimeException | Error e) {
      if (!ready.completeExceptionally(e)) {
        log.error("The scheduler failed and has stopped; restart the process", e);
      }
    }
  }

  private void step() {
    try {
      int done = scheduler.step();
      failures = 0;
      become(scheduler.health());
      if (done == 0) {
        inbox.await(scheduler.nanosToNextStep());
      }
    } catch (RuntimeException | Error e) {
      failed(e);
    }
  }

  private void become(Health next) {
    if (!health.equals(next)) {
      health = next;
      healthChanged.run();
    }
  }

  private void failed(Throwable why) {
    become(new Health.Down(name, "its steps fail: " + why));
    log.error("{} failed {} steps in a row", name, failures + 1, why);
    LockSupport.parkNanos(this, FIRST_PAUSE << Math.min(failures, MOST_DOUBLINGS));
    failures++;
  }

  /** Ends soon; other workers continue what still runs. */
  public void stop() {
    stopping = true;
    inbox.tell(new SchedulerCommand.Look());
  }
}
