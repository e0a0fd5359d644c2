package io.anyserve.loadtest;

import org.HdrHistogram.Histogram;

/** A distribution of times, in microseconds. */
public record Latency(
    long count,
    double mean,
    double p50,
    double p90,
    double p95,
    double p99,
    double p999,
    double max) {

  public static final Latency NONE = new Latency(0, 0, 0, 0, 0, 0, 0, 0);

  private static final double NANOS_PER_MICRO = 1_000;

  public static Latency of(Histogram nanos) {
    return new Latency(
        nanos.getTotalCount(),
        nanos.getMean() / NANOS_PER_MICRO,
        micros(nanos, 50),
        micros(nanos, 90),
        micros(nanos, 95),
        micros(nanos, 99),
        micros(nanos, 99.9),
        nanos.getMaxValue() / NANOS_PER_MICRO);
  }

  private static double micros(Histogram nanos, double percentile) {
    return nanos.getValueAtPercentile(percentile) / NANOS_PER_MICRO;
  }
}
