package io.anyserve.training;

/**
 * What each step of a training run does; a function of the step number alone, so that runs repeat.
 *
 * <p>The learning rate rises linearly over the warm-up, stays, and falls linearly to zero over the
 * last third. Before that third a run does not depend on its number of steps, so it can be stopped
 * and go on as a shorter or longer one. Every step sees the same number of tokens; some steps have
 * longer rows, every eighth rows of the longest kind.
 */
record LrSchedule(
    int steps, int warmUp, double peakRate, int tokensPerStep, int shortest, int longest) {

  static final int SHARDS = 2;

  private static final int WARM_UP = 100;
  private static final double LAST_PART = 1.0 / 3;

  LrSchedule {
    if (steps < 1) {
      throw new IllegalArgumentException("steps: " + steps + " (expected: >= 1)");
    }
    if (shortest > longest || SHARDS * longest > tokensPerStep) {
      throw new IllegalArgumentException(
          "shortest, longest: "
              + shortest
              + ", "
              + longest
              + " (expected: ascending, <= "
              + tokensPerStep
              + ")");
    }
  }

  static LrSchedule story(int steps) {
    return new LrSchedule(steps, WARM_UP, 2.5e-3, 2048, 256, 1024);
  }

  double rate(int step) {
    double rise = (step + 1.0) / warmUp;
    double fall = (steps - step) / (LAST_PART * steps);
    return peakRate * Math.min(1, Math.min(rise, fall));
  }

  int length(int step) {
    return step % 8 == 7 ? longest : step % 8 == 3 ? Math.min(2 * shortest, longest) : shortest;
  }

  /** Rows of one of the {@link #SHARDS} shards of a step. */
  int rows(int step) {
    return tokensPerStep / length(step) / SHARDS;
  }
}
