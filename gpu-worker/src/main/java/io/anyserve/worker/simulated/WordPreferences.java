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
    return bias.none() && penalties.none();
  }

  /** The word is in the answer, once more. */
  void count(int word) {
    if (!none()) {
      counts[word]++;
    }
  }

  /** The word at that position. */
  int next(SimulatedText words, int position) {
    return none() ? words.token(position) : words.token(position, added());
  }

  private double[] added() {
    double[] added = new double[counts.length];
    for (int word = 0; word < added.length; word++) {
      added[word] = bias.of(word) - penalties.of(counts[word]);
    }
    return added;
  }
}
