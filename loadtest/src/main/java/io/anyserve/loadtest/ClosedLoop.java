package io.anyserve.loadtest;

import io.anyserve.v1.InferStreamRequest;
import io.anyserve.v1.InferenceServiceGrpc.InferenceServiceStub;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A fixed number of streams, each followed by the next as soon as it ends. */
public record ClosedLoop(int streams, Duration length, Workload workload, Duration patience) {

  /** Returns when the last stream has ended; throws when one is still open after the patience. */
  public LoadResult run(List<InferenceServiceStub> stubs)
      throws InterruptedException, TimeoutException {
    Tally tally = new Tally();
    CountDownLatch open = new CountDownLatch(streams);
    long start = System.nanoTime();
    Loop loop = new Loop(tally, start + length.toNanos(), workload.request(), open);
    for (int i = 0; i < streams; i++) {
      loop.next(stubs.get(i % stubs.size()));
    }
    if (!open.await(length.plus(patience).toMillis(), TimeUnit.MILLISECONDS)) {
      throw new TimeoutException(open.getCount() + " streams still open (expected: 0)");
    }
    return tally.result((System.nanoTime() - start) / 1e9);
  }

  private record Loop(Tally tally, long end, InferStreamRequest request, CountDownLatch open) {

    void next(InferenceServiceStub stub) {
      long now = System.nanoTime();
      if (now >= end) {
        open.countDown();
        return;
      }
      stub.inferStream(request, new StreamProbe(tally, System::nanoTime, now, () -> next(stub)));
    }
  }
}
