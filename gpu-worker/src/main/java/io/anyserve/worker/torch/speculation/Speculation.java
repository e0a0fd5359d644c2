package io.anyserve.worker.torch.speculation;

import java.util.List;
import java.util.function.LongSupplier;

/**
 * Decides how many guessed tokens a step verifies beside the tokens that it decodes.
 *
 * <p>A guessed token is one more row of the step, and a right one saves a step of its own. Where
 * weights come from memory, more rows cost little; where the processors are busy, they cost as much
 * as they bring. So the length of guesses is what promises most tokens per second by the times of
 * earlier steps and by how often guesses were right, and often it is none. Owned by the engine
 * thread.
 */
public final class Speculation {

  /** Tokens of a guess. */
  private static final int MOST = 8;

  /** A step has no more rows, so that it does not take much longer than others. */
  private static final int MOST_ROWS = 32;

  private final boolean on;
  private final LongSupplier nanos;
  private final RowTimes times = new RowTimes();

  /**
   * @param on whether it guesses at all
   */
  public Speculation(boolean on, LongSupplier nanos) {
    this.on = on;
    this.nanos = nanos;
  }

  /**
   * What is known of a sequence that decodes.
   *
   * @param length tokens of the guess how it goes on
   */
  public record Candidate(int length, GuessRecord record) {}

  /** The most tokens that a guess is asked for. */
  public int longest() {
    return on ? MOST : 0;
  }

  public long now() {
    return nanos.getAsLong();
  }

  /** A step with so many rows began then and ends now. */
  public void measured(int rows, long start) {
    times.add(rows, now() - start);
  }

  /** How many tokens of each guess are to be verified, at most. */
  public int choose(List<Candidate> candidates) {
    int best = 0;
    double most = gain(candidates, 0);
    for (int length = 1; length <= MOST; length++) {
      double gain = gain(candidates, length);
      if (gain > most) {
        best = length;
        most = gain;
      }
    }
    if (best == 0) {
      candidates.stream()
          .filter(candidate -> candidate.length > 0)
          .forEach(candidate -> candidate.record.skip());
    }
    return best;
  }

  /** Tokens per nanosecond with guesses of at most that length. */
  private double gain(List<Candidate> candidates, int length) {
    int rows = candidates.size();
    double tokens = candidates.size();
    for (Candidate candidate : candidates) {
      int guessed = Math.min(length, candidate.length);
      rows += guessed;
      tokens += candidate.record.expected(guessed);
    }
    return length > 0 && rows > MOST_ROWS ? 0 : tokens / times.estimate(rows);
  }
}
