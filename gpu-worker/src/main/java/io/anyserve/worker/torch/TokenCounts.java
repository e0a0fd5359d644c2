package io.anyserve.worker.torch;

import io.anyserve.contracts.sampling.Penalties;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How often each token is in an answer, as far as penalties need to know. A function of the tokens
 * added. Owned by the engine thread.
 */
final class TokenCounts {

  /** Of an answer without penalties: it counts nothing. */
  static final TokenCounts NONE = new TokenCounts(Penalties.NONE);

  private final Penalties penalties;
  private final Map<Integer, Integer> counts = new LinkedHashMap<>();

  TokenCounts(Penalties penalties) {
    this.penalties = penalties;
  }

  void add(int token) {
    if (!penalties.none()) {
      counts.merge(token, 1, Integer::sum);
    }
  }

  /** Tokens with a penalty. */
  int size() {
    return counts.size();
  }

  /**
   * Writes where logits change, and by how much, from an index on.
   *
   * @param start place of the logit of token 0
   */
  void write(long[] places, double[] amounts, int index, long start) {
    for (Map.Entry<Integer, Integer> entry : counts.entrySet()) {
      places[index] = start + entry.getKey();
      amounts[index++] = -penalties.of(entry.getValue());
    }
  }
}
