package io.anyserve.loadtest.arrivals;

import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * When requests arrive: drawn ahead of time, so that a slow system is not asked less often (no
 * coordinated omission).
 *
 * @param random Poisson arrivals of that rate; else at even distances
 */
public record Arrivals(RateCurve rate, boolean random) {

  private static final double NANOS_PER_SECOND = 1e9;

  /** The times within a length, one after the other. Not thread-safe. */
  public Times times(Duration length, RandomGenerator generator) {
    return new Times(this, length.toNanos() / NANOS_PER_SECOND, generator);
  }

  /** Ascending times. */
  public static final class Times {

    private final Arrivals arrivals;
    private final double seconds;
    private final RandomGenerator generator;
    private double arrived;

    private Times(Arrivals arrivals, double seconds, RandomGenerator generator) {
      this.arrivals = arrivals;
      this.seconds = seconds;
      this.generator = generator;
    }

    /** Nanoseconds from the start; empty once the length is over. */
    public Optional<Long> next() {
      double expected = arrivals.random ? arrived - Math.log(1 - generator.nextDouble()) : arrived;
      double at = arrivals.rate.secondsUntil(expected, seconds);
      arrived = arrivals.random ? expected : arrived + 1;
      return at < seconds ? Optional.of((long) (at * NANOS_PER_SECOND)) : Optional.empty();
    }
  }
}
