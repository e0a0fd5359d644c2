package io.anyserve.router.recovery;

import io.anyserve.router.connection.WorkerConnections;
import io.anyserve.runtime.Component;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for lost requests at intervals and whenever a worker connects or leaves, on a thread of its
 * own: neither a read of the log nor a broker that is away holds up the stream threads.
 */
public final class RecoveryThread implements Component {

  private static final Logger log = LoggerFactory.getLogger(RecoveryThread.class);
  private static final long CLOSE_MILLIS = 5_000;

  private final LostRequestRecovery recovery;
  private final WorkerConnections connections;
  private final InstantSource clock;
  private final Runnable release;
  private volatile boolean closing;
  private @Nullable Thread thread;

  /**
   * @param release closes what the recovery reads and writes with
   */
  public RecoveryThread(
      LostRequestRecovery recovery,
      WorkerConnections connections,
      InstantSource clock,
      Runnable release) {
    this.recovery = recovery;
    this.connections = connections;
    this.clock = clock;
    this.release = release;
  }

  @Override
  public void start() {
    thread = Thread.ofPlatform().name("router-recovery").start(this::run);
  }

  private void run() {
    try {
      while (!closing) {
        check();
        connections.awaitChange(recovery.untilNextCheck(clock.millis()));
      }
    } catch (InterruptedException e) {
      log.debug("Recovery ends");
    } finally {
      var _ = Thread.interrupted(); // what is closed now may wait for the broker
      release.run();
    }
  }

  /** What one check meets must not end the next ones. */
  private void check() {
    try {
      recovery.check(clock.millis());
    } catch (RuntimeException | Error e) {
      log.error("Failed to look for lost requests; trying again", e);
    }
  }

  @Override
  public void close() throws InterruptedException {
    closing = true;
    Thread running = thread;
    if (running != null) {
      running.interrupt();
      running.join(CLOSE_MILLIS);
    }
  }
}
