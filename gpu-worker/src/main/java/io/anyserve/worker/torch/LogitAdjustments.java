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

  LogitAdjustments(LogitBias bias, Penalties penalties) {
    this.bias = bias;
    this.penalties = penalties;
  }

  /** The token is in the answer, once more. */
  void add(int token) {
    if (!penalties.none()) {
      counts.merge(token, 1, Integer::sum);
    }
  }

  /** Places to write; a token with a bias and a penalty has two. */
  int size() {
    return bias.byToken().size() + counts.size();
  }

  /**
   * Writes where logits change, and by how much, from an index on.
   *
   * @param start place of the logit of token 0
   */
  void write(long[] places, double[] amounts, int index, long start) {
    for (Map.Entry<Integer, Double> entry : bias.byToken().entrySet()) {
      places[index] = start + entry.getKey();
      amounts[index++] = entry.getValue();
    }
    for (Map.Entry<Integer, Integer> entry : counts.entrySet()) {
      places[index] = start + entry.getKey();
      amounts[index++] = -penalties.of(entry.getValue());
    }
  }
}
