package io.anyserve.loadtest;

import java.time.Duration;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** Collects times from any thread; anything above ten minutes counts as ten minutes. */
public final class LatencyRecorder {

  private static final long LONGEST = Duration.ofMinutes(10).toNanos();
  private static final int SIGNIFICANT_DIGITS = 3;

  private final Histogram nanos = new ConcurrentHistogram(1, LONGEST, SIGNIFICANT_DIGITS);

  /** Nanoseconds. */
  public void record(long duration) {
    nanos.recordValue(Math.clamp(duration, 1, LONGEST));
  }

  public Latency latency() {
    return Latency.of(nanos);
  }
}
