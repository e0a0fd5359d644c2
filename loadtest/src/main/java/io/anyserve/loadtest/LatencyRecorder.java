package io.anyserve.loadtest;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/**
 * Collects times from any thread; anything above ten minutes counts as ten minutes. One thread at a
 * time asks for windows.
 */
public final class LatencyRecorder {

  private static final long LONGEST = Duration.ofMinutes(10).toNanos();
  private static final int SIGNIFICANT_DIGITS = 3;
  private static final long SHORTEST_BUCKET = 10_000;
  private static final double BUCKET_GROWTH = Math.pow(2, 0.25);
  private static final double NANOS_PER_MICRO = 1_000;

  private final Histogram nanos = new ConcurrentHistogram(1, LONGEST, SIGNIFICANT_DIGITS);
  private final @Nullable Recorder window;
  private @Nullable Histogram recycled;

  /** Without windows. */
  public LatencyRecorder() {
    this.window = null;
  }

  private LatencyRecorder(Recorder window) {
    this.window = window;
  }

  /** One that also tells what came since it was asked last. */
  public static LatencyRecorder windowed() {
    return new LatencyRecorder(new Recorder(1, LONGEST, SIGNIFICANT_DIGITS));
  }

  /** Nanoseconds. */
  public void record(long duration) {
    long value = Math.clamp(duration, 1, LONGEST);
    nanos.recordValue(value);
    if (window != null) {
      window.recordValue(value);
    }
  }

  public Latency latency() {
    return Latency.of(nanos);
  }

  /** What came since the last call. */
  public Latency window() {
    if (window == null) {
      throw new IllegalStateException("no windows (expected: LatencyRecorder.windowed())");
    }
    recycled = window.getIntervalHistogram(recycled);
    return Latency.of(recycled);
  }

  /** The distribution, in buckets that each are a fifth wider than the one before. */
  public List<LatencyBucket> buckets() {
    List<LatencyBucket> buckets = new ArrayList<>();
    for (var value : nanos.copy().logarithmicBucketValues(SHORTEST_BUCKET, BUCKET_GROWTH)) {
      buckets.add(
          new LatencyBucket(
              value.getValueIteratedFrom() / NANOS_PER_MICRO,
              value.getValueIteratedTo() / NANOS_PER_MICRO,
              value.getCountAddedInThisIterationStep()));
    }
    int first = 0;
    while (first < buckets.size() && buckets.get(first).count() == 0) {
      first++;
    }
    return List.copyOf(buckets.subList(first, buckets.size()));
  }
}
