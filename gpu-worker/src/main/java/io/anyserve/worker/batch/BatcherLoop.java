package io.anyserve.worker.batch;

import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread of a batcher: loads the engine, steps, waits, and closes what it owns. */
public final class BatcherLoop implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(BatcherLoop.class);

  private final Batcher batcher;
  private final Inbox inbox;
  private final boolean loadFirst;
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private volatile boolean stopping;

  /**
   * @param loadFirst the engine is loaded before anything else
   */
  public BatcherLoop(Batcher batcher, Inbox inbox, boolean loadFirst) {
    this.batcher = batcher;
    this.inbox = inbox;
    this.loadFirst = loadFirst;
  }

  /** Completes once the engine is loaded, or fails as that failed. */
  public CompletableFuture<Void> ready() {
    return ready;
  }

  @Override
  public void run() {
    try (batcher) {
      if (loadFirst && !stopping) {
        batcher.warmUp();
      }
      ready.complete(null);
      while (!stopping) {
        if (batcher.step() == 0) {
          inbox.await(batcher.nanosToNextStep());
        }
      }
    } catch (RuntimeException | Error e) {
      if (!ready.completeExceptionally(e)) {
        log.error("the batcher ends", e);
      }
    }
  }

  /** Ends soon; what still runs is lost to others. */
  public void stop() {
    stopping = true;
    inbox.tell(new Command.Look());
  }
}
