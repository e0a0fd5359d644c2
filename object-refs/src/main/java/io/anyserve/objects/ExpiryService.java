package io.anyserve.objects;

import io.anyserve.objects.ExpirySweeper.Sweep;
import io.anyserve.runtime.Component;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Steps an {@link ExpirySweeper} through the whole bucket now and then, on a thread of its own. */
public final class ExpiryService implements Component {

  /** Between the end of one round and the beginning of the next. */
  public static final Duration DEFAULT_INTERVAL = Duration.ofHours(1);

  private static final int PAGE = 1_000;

  private static final Logger LOG = LoggerFactory.getLogger(ExpiryService.class);

  private final BlobStore bucket;
  private final ExpirySweeper sweeper;
  private final Duration pause;
  private final InstantSource clock;
  private final Consumer<Sweep> metrics;
  private @Nullable ScheduledExecutorService thread;

  /** Of the store's bucket, which it closes. */
  public static ExpiryService of(
      ObjectStoreConfig settings, Duration pause, InstantSource clock, Consumer<Sweep> metrics) {
    BlobStore bucket = MinioBlobStore.of(settings);
    return new ExpiryService(
        bucket, new ExpirySweeper(bucket, settings.retention(), PAGE), pause, clock, metrics);
  }

  /**
   * @param bucket closed with the part
   * @param pause between the end of one round and the beginning of the next
   * @param metrics is told of every step, on the sweeping thread
   */
  ExpiryService(
      BlobStore bucket,
      ExpirySweeper sweeper,
      Duration pause,
      InstantSource clock,
      Consumer<Sweep> metrics) {
    this.bucket = bucket;
    this.sweeper = sweeper;
    this.pause = pause;
    this.clock = clock;
    this.metrics = metrics;
  }

  @Override
  public void start() {
    thread =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("object-sweeper").daemon().factory());
    var _ = thread.scheduleWithFixedDelay(this::round, 0, pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    if (thread != null) {
      thread.shutdownNow();
      thread.close();
    }
    bucket.close();
  }

  private void round() {
    try {
      Sweep sweep;
      do {
        sweep = sweeper.step(clock.instant());
        metrics.accept(sweep);
      } while (!sweep.complete() && !Thread.currentThread().isInterrupted());
    } catch (ObjectStoreException | RuntimeException e) {
      LOG.warn("sweep of expired objects is put off by {}", pause, e);
    }
  }
}
