package io.anyserve.worker.simulated;

import io.anyserve.contracts.sampling.GenerationParameters;
import io.anyserve.contracts.sampling.LogitBias;
import io.anyserve.contracts.sampling.Penalties;
import io.anyserve.contracts.sampling.SamplingDefaults;

/**
 * What a request adds to the logits of words: its bias, and penalties for the words so far. Owned
 * by the engine's thread.
 */
final class WordPreferences {

  private final LogitBias bias;
  private final Penalties penalties;
  private final int[] counts;

  private WordPreferences(LogitBias bias, Penalties penalties) {
    this.bias = bias;
    this.penalties = penalties;
    this.counts = new int[none() ? 0 : SimulatedText.words()];
  }

  static WordPreferences of(GenerationParameters parameters) {
    return new WordPreferences(
        parameters.logitBias(),
        parameters.sampling().resolve(SamplingDefaults.NEUTRAL).penalties());
  }

  private boolean none() {
    return bias.none() && penalties.equals(Penalties.NONE);
  }

  /** The word is in the answer, once more. */
  void count(int word) {
    if (!none()) {
      counts[word]++;
    }
  }

  /** The word at that position. */
  int next(SimulatedText words, int position) {
    return none() ? words.token(position) : likeliest(words.logits(position));
  }

  private int likeliest(double[] logits) {
    int best = 0;
    for (int word = 0; word < logits.length; word++) {
      logits[word] = repeated(logits[word], counts[word]);
      logits[word] += bias.of(word) - penalties.of(counts[word]);
      best = logits[word] > logits[best] ? word : best;
    }
    return best;
  }

  /** The words of the answer alone: prompts have others. */
  private double repeated(double logit, int count) {
    if (count == 0) {
      return logit;
    }
    return logit < 0 ? logit * penalties.repetition() : logit / penalties.repetition();
  }
}
