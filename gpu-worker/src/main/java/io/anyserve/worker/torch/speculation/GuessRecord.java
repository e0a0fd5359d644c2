package io.anyserve.worker.torch.speculation;

/**
 * How often the guesses for a sequence were right of late. Owned by the engine thread.
 *
 * <p>A rate that is not used goes back to where it began, so that a sequence in which guesses were
 * wrong gets another chance.
 */
public final class GuessRecord {

  private static final double START = 0.5;
  private static final double WEIGHT = 0.3;
  private static final double FORGETTING = 0.02;

  private double rate = START;

  /** Of so many guessed tokens, the first ones that were right. */
  public void add(int guessed, int right) {
    double seen = right < guessed ? right / (right + 1.0) : 1;
    rate += WEIGHT * (seen - rate);
  }

  /** There was a guess that was not worth its trial. */
  void skip() {
    rate += FORGETTING * (START - rate);
  }

  /** How many of so many guessed tokens are right: each needs all before it. */
  double expected(int guessed) {
    double sum = 0;
    double right = 1;
    for (int i = 0; i < guessed; i++) {
      right *= rate;
      sum += right;
    }
    return sum;
  }
}
