package io.anyserve.loadtest.capacity;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Splits what loads of different kinds took into what a request, a record and a chunk takes: least
 * squares of the relative errors, without negative costs, by coordinate descent.
 */
public final class CostFit {

  private static final int UNKNOWNS = 3;
  private static final int ROUNDS = 20_000;

  private CostFit() {}

  /**
   * The costs that fit best, in the unit of what was taken.
   *
   * @param samples of at least three loads that differ in their shares of requests, records and
   *     chunks
   */
  public static ProcessCosts of(List<CostSample> samples, ToDoubleFunction<CostSample> taken) {
    if (samples.size() < UNKNOWNS) {
      throw new IllegalArgumentException(
          "loads: " + samples.size() + " (expected: at least " + UNKNOWNS + ")");
    }
    double[][] rows =
        samples.stream()
            .map(sample -> row(sample, Math.max(taken.applyAsDouble(sample), 1)))
            .toArray(double[][]::new);
    double[] costs = new double[UNKNOWNS];
    for (int round = 0; round < ROUNDS; round++) {
      for (int unknown = 0; unknown < UNKNOWNS; unknown++) {
        improve(rows, costs, unknown);
      }
    }
    return new ProcessCosts(costs[0], costs[1], costs[2]);
  }

  /** Shares of what was taken, for each unit of cost. */
  private static double[] row(CostSample sample, double taken) {
    return new double[] {
      sample.requests() / taken, sample.records() / taken, sample.chunks() / taken
    };
  }

  /** The best value of one cost while the others stay. */
  private static void improve(double[][] rows, double[] costs, int unknown) {
    double numerator = 0;
    double denominator = 0;
    for (double[] row : rows) {
      double others = 0;
      for (int i = 0; i < UNKNOWNS; i++) {
        others += i == unknown ? 0 : row[i] * costs[i];
      }
      numerator += row[unknown] * (1 - others);
      denominator += row[unknown] * row[unknown];
    }
    costs[unknown] = denominator == 0 ? 0 : Math.max(0, numerator / denominator);
  }
}
