package io.anyserve.training;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Continues a text with the model under training, to look at; it recomputes everything per token.
 */
final class TextSampler {

  private TextSampler() {}

  /**
   * The continuation of a prompt, without end tokens.
   *
   * @param temperature 0 takes the most probable token
   */
  static String continuation(
      Trainer trainer,
      BytePairEncoding encoding,
      String prompt,
      double temperature,
      int limit,
      RandomGenerator random) {
    int[] start = encoding.encode(prompt);
    var ids = new IdBuffer();
    ids.addAll(start);
    for (int i = 0; i < limit; i++) {
      int id = pick(trainer.next(ids.toArray()), temperature, random.nextDouble());
      if (id == encoding.endOfText() || id == encoding.turnEnd()) {
        break;
      }
      ids.add(id);
    }
    int[] all = ids.toArray();
    return encoding.decode(Arrays.copyOfRange(all, start.length, all.length));
  }

  /** The token at which the cumulated probability exceeds {@code uniform}, a number in [0, 1). */
  static int pick(float[] scores, double temperature, double uniform) {
    int best = 0;
    for (int i = 1; i < scores.length; i++) {
      best = scores[i] > scores[best] ? i : best;
    }
    if (temperature == 0) {
      return best;
    }
    var weights = new double[scores.length];
    double total = 0;
    for (int i = 0; i < scores.length; i++) {
      weights[i] = Math.exp((scores[i] - scores[best]) / temperature);
      total += weights[i];
    }
    double rest = uniform * total;
    for (int i = 0; i < weights.length; i++) {
      rest -= weights[i];
      if (rest < 0) {
        return i;
      }
    }
    return best;
  }
}
