package io.anyserve.worker.schedule;

import io.anyserve.runtime.Health;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread of a batcher: loads the engine, steps, waits, and closes what it owns. Only {@link
 * #stop} ends it: a step that fails is followed by another one, after a pause that doubles.
 */
public final class SchedulerLoop implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(SchedulerLoop.class);
  private static final long FIRST_PAUSE = 10_000_000L;
  private static final int MOST_DOUBLINGS = 7;

  private final String name;
  private final Scheduler batcher;
  private final CommandQueue inbox;
  private final boolean loadFirst;
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private int failures;
  private volatile Health health = Health.UP;
  private volatile boolean stopping;

  /**
   * @param name of the batcher, for whoever asks how it is
   * @param loadFirst the engine is loaded before anything else
   */
  public SchedulerLoop(String name, Scheduler batcher, CommandQueue inbox, boolean loadFirst) {
    this.name = name;
    this.batcher = batcher;
    this.inbox = inbox;
    this.loadFirst = loadFirst;
  }

  /** Completes once the engine is loaded, or fails as that failed. */
  public CompletableFuture<Void> ready() {
    return ready;
  }

  /** Down from a step that failed to the next one that does not. Any thread. */
  public Health health() {
    return health;
  }

  @Override
  public void run() {
    try (batcher) {
      if (loadFirst && !stopping) {
        batcher.warmUp();
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
      int done = batcher.step();
      failures = 0;
      health = Health.UP;
      if (done == 0) {
        inbox.await(batcher.nanosToNextStep());
      }
    } catch (RuntimeException | Error e) {
      failed(e);
    }
  }

  private void failed(Throwable why) {
    health = new Health.Down(name, "its steps fail: " + why);
    log.error("{} failed {} steps in a row", name, failures + 1, why);
    LockSupport.parkNanos(this, FIRST_PAUSE << Math.min(failures, MOST_DOUBLINGS));
    failures++;
  }

  /** Ends soon; what still runs is lost to others. */
  public void stop() {
    stopping = true;
    inbox.tell(new SchedulerCommand.Look());
  }
}
