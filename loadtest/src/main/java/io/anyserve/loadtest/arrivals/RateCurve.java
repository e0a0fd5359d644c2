package io.anyserve.loadtest.arrivals;

import java.time.Duration;

/** How many requests a second arrive, over time. */
public sealed interface RateCurve {

  /**
   * Seconds from the start until so many requests have arrived on average: the inverse of the
   * integral of the rate.
   *
   * @param arrivals from 0
   * @param seconds length of the whole
   */
  double secondsUntil(double arrivals, double seconds);

  /** The same rate throughout. */
  record Steady(double perSecond) implements RateCurve {

    public Steady {
      requireRate("rate", perSecond);
    }

    @Override
    public double secondsUntil(double arrivals, double seconds) {
      return arrivals / perSecond;
    }
  }

  /**
   * A rate that changes evenly from the first to the last second.
   *
   * @param from at the start
   * @param to at the end
   */
  record Ramp(double from, double to) implements RateCurve {

    public Ramp {
      requireRate("rate", from);
      requireRate("to-rate", to);
    }

    /** Solves {@code from t + (to - from) t^2 / (2 seconds) = arrivals}. */
    @Override
    public double secondsUntil(double arrivals, double seconds) {
      double slope = (to - from) / seconds;
      if (slope == 0) {
        return arrivals / from;
      }
      double root = from * from + 2 * slope * arrivals;
      // A falling rate has a highest number of arrivals, which lies behind the end.
      return root < 0 ? Double.POSITIVE_INFINITY : 2 * arrivals / (from + Math.sqrt(root));
    }
  }

  /**
   * Each period begins with a burst.
   *
   * @param perSecond between two bursts
   * @param burstPerSecond in a burst
   */
  record Bursts(double perSecond, double burstPerSecond, Duration every, Duration length)
      implements RateCurve {

    public Bursts {
      requireRate("rate", perSecond);
      requireRate("burst-rate", burstPerSecond);
      if (length.isZero() || length.compareTo(every) >= 0) {
        throw new IllegalArgumentException(
            "burst-length: %s (expected: > 0 and below burst-every, which is %s)"
                .formatted(length, every));
      }
    }

    @Override
    public double secondsUntil(double arrivals, double seconds) {
      double period = seconds(every);
      double burst = seconds(length) * burstPerSecond;
      double inPeriod = burst + (period - seconds(length)) * perSecond;
      double whole = Math.floor(arrivals / inPeriod);
      double rest = arrivals - whole * inPeriod;
      double within =
          rest <= burst ? rest / burstPerSecond : seconds(length) + (rest - burst) / perSecond;
      return whole * period + within;
    }

    private static double seconds(Duration duration) {
      return duration.toNanos() / 1e9;
    }
  }

  private static void requireRate(String name, double perSecond) {
    if (!(perSecond > 0)) {
      throw new IllegalArgumentException(name + ": " + perSecond + " (expected: > 0)");
    }
  }
}
