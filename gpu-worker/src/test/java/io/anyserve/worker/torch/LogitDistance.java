package io.anyserve.worker.torch;

import java.util.Arrays;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** How far logits are from others, in standard deviations of these. */
record LogitDistance(double mean, double worst) {

  static LogitDistance of(float[] reference, float[] found) {
    double spread = deviation(reference);
    double[] off =
        IntStream.range(0, reference.length)
            .mapToDouble(i -> Math.abs(found[i] - reference[i]) / spread)
            .toArray();
    return new LogitDistance(
        Arrays.stream(off).average().orElse(Double.NaN),
        Arrays.stream(off).max().orElse(Double.NaN));
  }

  private static double deviation(float[] values) {
    double mean = doubles(values).average().orElse(Double.NaN);
    return Math.sqrt(
        doubles(values).map(value -> (value - mean) * (value - mean)).average().orElse(Double.NaN));
  }

  private static DoubleStream doubles(float[] values) {
    return IntStream.range(0, values.length).mapToDouble(i -> values[i]);
  }
}
