package io.anyserve.loadtest;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What a run saw; written by any thread. */
final class LoadStats {

  private final LatencyRecorder firstToken = new LatencyRecorder();
  private final LatencyRecorder gap = new LatencyRecorder();
  private final LatencyRecorder duration = new LatencyRecorder();
  private final LongAdder finished = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder chunks = new LongAdder();
  private final LongAdder tokens = new LongAdder();
  private final AtomicReference<@Nullable Throwable> firstFailure = new AtomicReference<>();

  void firstChunk(long nanos, int count) {
    firstToken.record(nanos);
    chunk(count);
  }

  void laterChunk(long nanos, int count) {
    gap.record(nanos);
    chunk(count);
  }

  private void chunk(int count) {
    chunks.increment();
    tokens.add(count);
  }

  void told(int count) {
    tokens.add(count);
  }

  void finished(long nanos) {
    duration.record(nanos);
    finished.increment();
  }

  void failed(Throwable cause) {
    failed.increment();
    firstFailure.compareAndSet(null, cause);
  }

  LoadResult result(double seconds) {
    return new LoadResult(
        seconds,
        finished.sum(),
        failed.sum(),
        chunks.sum(),
        tokens.sum(),
        firstToken.latency(),
        gap.latency(),
        duration.latency(),
        Optional.ofNullable(firstFailure.get()).map(Throwable::toString).orElse(""));
  }
}
