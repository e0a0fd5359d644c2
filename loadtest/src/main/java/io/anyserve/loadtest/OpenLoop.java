package io.anyserve.loadtest;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Streams that arrive at their own pace, whatever the system does. */
public record OpenLoop(PoissonArrivals pace, long seed, Duration patience) {

  /** Returns when every stream has ended; throws when one is still open after the patience. */
  public LoadResult run(StreamTarget target) throws InterruptedException, TimeoutException {
    LoadStats tally = new LoadStats();
    CountDownLatch open = new CountDownLatch(pace.count());
    long start = System.nanoTime();
    pace.run(
        new Random(seed),
        System::nanoTime,
        intended ->
            target.open(new TimedStream(tally, System::nanoTime, intended, open::countDown)));
    if (!open.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new TimeoutException(open.getCount() + " streams still open (expected: 0)");
    }
    return tally.result((System.nanoTime() - start) / 1e9);
  }
}
