package io.anyserve.runtime.streams;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the client of a stream thread that died, so that all of it starts again: ever more slowly
 * while they keep dying, so that a fault that passes is survived and one that stays is no busy
 * loop. A thread alone would come back beside its own membership in the group. Called by dying
 * threads.
 */
final class RestartPolicy implements StreamsUncaughtExceptionHandler {

  private static final Logger log = LoggerFactory.getLogger(RestartPolicy.class);

  /**
   * A static member that comes back gets its old assignment, the error of a missing topic included,
   * until the group has forgotten it.
   */
  static final Duration FORGOTTEN = StreamsConfigs.SESSION_TIMEOUT.plusSeconds(2);

  private final String application;
  private final RestartBackoff backoff;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private volatile @Nullable Throwable last;

  RestartPolicy(String application, RestartBackoff backoff) {
    this.application = application;
    this.backoff = backoff;
  }

  @Override
  public StreamThreadExceptionResponse handle(Throwable failure) {
    remember(failure);
    log.error("A thread of {} died; the application restarts", application, failure);
    return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
  }

  /** Waits before the next try; false when there shall be none. */
  boolean pause() {
    Duration pause = nextPause();
    try {
      return !stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  Duration nextPause() {
    Duration pause = backoff.afterFailure();
    return last instanceof MissingSourceTopicException ? FORGOTTEN : pause;
  }

  /** That failure decides about the next pause. */
  void remember(Throwable failure) {
    last = failure;
  }

  /** Forgets the last failure. */
  void recovered() {
    last = null;
  }

  /** What the last thread died of, or what kept the last start from succeeding. */
  Optional<String> lastFailure() {
    return Optional.ofNullable(last).map(Throwable::toString);
  }

  /** Nothing that dies from now on starts again. */
  void stop() {
    stopping.countDown();
  }

  boolean stopped() {
    return stopping.getCount() == 0;
  }
}
