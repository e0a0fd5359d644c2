package io.anyserve.loadtest;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A fixed number of streams, each followed by the next as soon as it ends. */
public record ClosedLoop(int streams, Duration length, Duration patience) {

  /** Returns when the last stream has ended; throws when one is still open after the patience. */
  public LoadResult run(List<? extends StreamTarget> targets)
      throws InterruptedException, TimeoutException {
    LoadStats tally = new LoadStats();
    CountDownLatch open = new CountDownLatch(streams);
    long start = System.nanoTime();
    Loop loop = new Loop(tally, start + length.toNanos(), open);
    for (int i = 0; i < streams; i++) {
      loop.next(targets.get(i % targets.size()));
    }
    if (!open.await(length.plus(patience).toMillis(), TimeUnit.MILLISECONDS)) {
      throw new TimeoutException(open.getCount() + " streams still open (expected: 0)");
    }
    return tally.result((System.nanoTime() - start) / 1e9);
  }

  private record Loop(LoadStats tally, long end, CountDownLatch open) {

    void next(StreamTarget target) {
      long now = System.nanoTime();
      if (now >= end) {
        open.countDown();
        return;
      }
      target.open(new TimedStream(tally, System::nanoTime, now, () -> next(target)));
    }
  }
}
