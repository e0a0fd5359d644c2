package io.anyserve.worker.torch;

import io.anyserve.contracts.sampling.LogitBias;
import io.anyserve.contracts.sampling.Penalties;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is added to the logits of an answer's next token: the caller's bias, and penalties for the
 * tokens that are in the answer. A function of the tokens added. Owned by the engine thread.
 */
final class LogitAdjustments {

  /** Leaves all logits alone. */
  static final LogitAdjustments NONE = new LogitAdjustments(LogitBias.NONE, Penalties.NONE);

  private final LogitBias bias;
  private final Penalties penalties;
  private final Map<Integer, Integer> counts = new LinkedHashMap<>();

  /** Of the counted tokens, those without a bias. */
  private int unbiased;

  LogitAdjustments(LogitBias bias, Penalties penalties) {
    this.bias = bias;
    this.penalties = penalties;
  }

  /** The token is in the answer, once more. */
  void add(int token) {
    if (!penalties.none() && counts.merge(token, 1, Integer::sum) == 1) {
      unbiased += bias.byToken().containsKey(token) ? 0 : 1;
    }
  }

  /** Tokens whose logits change. */
  int size() {
    return bias.byToken().size() + unbiased;
  }

  /**
   * Writes where logits change, each place once, and by how much, from an index on.
   *
   * @param start place of the logit of token 0
   */
  void write(long[] places, double[] amounts, int index, long start) {
    for (int token : bias.byToken().keySet()) {
      places[index] = start + token;
      amounts[index++] = bias.of(token) - penalties.of(counts.getOrDefault(token, 0));
    }
    for (Map.Entry<Integer, Integer> entry : counts.entrySet()) {
      if (!bias.byToken().containsKey(entry.getKey())) {
        places[index] = start + entry.getKey();
        amounts[index++] = -penalties.of(entry.getValue());
      }
    }
  }
}
