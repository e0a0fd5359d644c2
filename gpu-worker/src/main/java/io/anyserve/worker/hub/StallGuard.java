package io.anyserve.worker.hub;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Closes a stream that has brought nothing for so long; whoever reads it gets an IOException then.
 * The reader's thread owns it.
 */
final class StallGuard implements AutoCloseable {

  private final InputStream stream;
  private final ScheduledFuture<?> watch;
  private final AtomicLong received = new AtomicLong();
  private long seen = -1;

  StallGuard(InputStream stream, ScheduledExecutorService clock, Duration patience) {
    this.stream = stream;
    this.watch =
        clock.scheduleAtFixedRate(
            this::look, patience.toNanos(), patience.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** More has come. */
  void received(int bytes) {
    received.addAndGet(bytes);
  }

  private void look() {
    long now = received.get();
    if (now == seen) {
      try {
        stream.close();
      } catch (IOException e) {
        return; // it is closed
      }
    }
    seen = now;
  }

  @Override
  public void close() {
    watch.cancel(false);
  }
}
