package io.anyserve.worker.torch;

import io.anyserve.contracts.sampling.LogitBias;
import io.anyserve.contracts.sampling.Penalties;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * What is done to the logits of an answer's next token: penalties for tokens that were there
 * before, the caller's bias, and the ends that must not come yet. A function of the tokens added.
 * Owned by the engine thread.
 */
final class LogitAdjustments {

  /** Leaves all logits alone. */
  static final LogitAdjustments NONE = new LogitAdjustments(LogitBias.NONE, Penalties.NONE);

  private final LogitBias bias;
  private final Penalties penalties;
  private final Set<Integer> ends;
  private final int minTokens;

  /** How often tokens are in the answer, with penalties for it. */
  private final Map<Integer, Integer> counts = new LinkedHashMap<>();

  /** Tokens of prompt and answer, with a penalty for repetition. */
  private final Set<Integer> seen = new LinkedHashSet<>();

  private int length;

  /** Of the counted tokens, those without a bias. */
  private int unbiased;

  /**
   * Of an empty answer.
   *
   * @param ends tokens that cannot come before the answer has that many tokens
   */
  LogitAdjustments(LogitBias bias, Penalties penalties, Set<Integer> ends, int minTokens) {
    this.bias = bias;
    this.penalties = penalties;
    this.ends = Set.copyOf(ends);
    this.minTokens = minTokens;
  }

  /** An end may come at any time. */
  LogitAdjustments(LogitBias bias, Penalties penalties) {
    this(bias, penalties, Set.of(), 0);
  }

  /** These tokens are before the answer. */
  void addPrompt(int... tokens) {
    if (repetition()) {
      for (int token : tokens) {
        seen.add(token);
      }
    }
  }

  /** The token is in the answer, once more. */
  void add(int token) {
    length++;
    if (repetition()) {
      seen.add(token);
    }
    if (!penalties.additiveNone() && counts.merge(token, 1, Integer::sum) == 1) {
      unbiased += bias.byToken().containsKey(token) ? 0 : 1;
    }
  }

  private boolean repetition() {
    return penalties.repetition() != 1;
  }

  /** Whether they are the same for all tokens from here on. */
  boolean constant() {
    return !repetition() && penalties.additiveNone() && heldBack() == 0;
  }

  /** Tokens whose logits are divided or multiplied. */
  int repeated() {
    return seen.size();
  }

  /**
   * Writes where logits are for tokens that repeat, each place once, and the penalty beside, from
   * an index on.
   *
   * @param start place of the logit of token 0
   */
  void writeRepeated(long[] places, double[] penaltiesThere, int index, long start) {
    for (int token : seen) {
      places[index] = start + token;
      penaltiesThere[index++] = penalties.repetition();
    }
  }

  /** Tokens to whose logits something is added. */
  int added() {
    return bias.byToken().size() + unbiased + heldBack();
  }

  private int heldBack() {
    return length < minTokens ? ends.size() : 0;
  }

  /**
   * Writes where something is added to logits, and how much, from an index on. An end that must not
   * come yet has a place of its own.
   *
   * @param start place of the logit of token 0
   */
  void writeAdded(long[] places, double[] amounts, int index, long start) {
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
    if (heldBack() > 0) {
      for (int end : ends) {
        places[index] = start + end;
        amounts[index++] = Double.NEGATIVE_INFINITY;
      }
    }
  }
}
