package io.anyserve.contracts.event;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * How many requests took how long, in steps of a factor of about 1.5 from one millisecond to
 * minutes: small, and sums are exact. Immutable.
 *
 * @param counts of each step; shorter than the list of bounds where the rest is 0
 */
public record LatencyHistogram(List<Long> counts) {

  /** Upper bounds, inclusive, milliseconds; what is longer than the last counts there too. */
  private static final long[] BOUNDS = {
    1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1_000, 1_500, 2_000, 3_000,
    5_000, 7_000, 10_000, 15_000, 20_000, 30_000, 60_000, 120_000, 300_000, 600_000, 3_600_000
  };

  public static final LatencyHistogram EMPTY = new LatencyHistogram(List.of());

  public LatencyHistogram {
    counts = List.copyOf(counts);
    if (counts.size() > BOUNDS.length) {
      throw new IllegalArgumentException(
          "latency counts: " + counts.size() + " (expected: at most " + BOUNDS.length + ")");
    }
    for (long count : counts) {
      if (count < 0) {
        throw new IllegalArgumentException("latency count: " + count + " (expected: >= 0)");
      }
    }
  }

  /** Of one request; a negative time, as clocks may give, counts as none. */
  public static LatencyHistogram of(Duration time) {
    int step = step(time);
    return new LatencyHistogram(
        IntStream.rangeClosed(0, step).mapToObj(i -> i == step ? 1L : 0L).toList());
  }

  /** In which step a request counts, from 0; a negative time counts as none. */
  public static int step(Duration time) {
    return step(Math.max(0, time.toMillis()));
  }

  private static int step(long millis) {
    int step = 0;
    while (step < BOUNDS.length - 1 && millis > BOUNDS[step]) {
      step++;
    }
    return step;
  }

  public long total() {
    return counts.stream().mapToLong(Long::longValue).sum();
  }

  public LatencyHistogram plus(LatencyHistogram other) {
    if (other.counts.isEmpty()) {
      return this;
    }
    if (counts.isEmpty()) {
      return other;
    }
    int size = Math.max(counts.size(), other.counts.size());
    return new LatencyHistogram(
        IntStream.range(0, size).mapToObj(i -> at(i) + other.at(i)).toList());
  }

  private long at(int step) {
    return step < counts.size() ? counts.get(step) : 0;
  }

  /**
   * The upper bound of the step in which the quantile lies; empty without requests.
   *
   * @param quantile 0 to 1
   */
  public Optional<Duration> quantile(double quantile) {
    long rank = Math.max(1, (long) Math.ceil(quantile * total()));
    long seen = 0;
    for (int i = 0; i < counts.size(); i++) {
      seen += counts.get(i);
      if (seen >= rank) {
        return Optional.of(Duration.ofMillis(BOUNDS[i]));
      }
    }
    return Optional.empty();
  }

  /** Upper bounds of the steps, inclusive. */
  public static List<Duration> bounds() {
    return LongStream.of(BOUNDS).mapToObj(Duration::ofMillis).toList();
  }
}
