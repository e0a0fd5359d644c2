package io.anyserve.contracts.sampling;

import io.anyserve.contracts.validation.Preconditions;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a caller adds to the logits of tokens, at every position of the answer. Which ids a model
 * has only its engine knows.
 *
 * @param byToken amounts by token id, in the order of the ids
 */
public record LogitBias(SortedMap<Integer, Double> byToken) {

  public static final double MOST = 100;
  public static final int MAX_TOKENS = 300;

  public static final LogitBias NONE = new LogitBias(new TreeMap<>());

  private static final String NAME = "logit_bias";

  public LogitBias {
    byToken = Collections.unmodifiableSortedMap(new TreeMap<>(byToken));
    Preconditions.that(
        byToken.size() <= MAX_TOKENS, NAME, byToken.size() + " tokens", "at most " + MAX_TOKENS);
    byToken.forEach(LogitBias::check);
  }

  public static LogitBias of(Map<Integer, Double> byToken) {
    return byToken.isEmpty() ? NONE : new LogitBias(new TreeMap<>(byToken));
  }

  private static void check(int token, double amount) {
    Preconditions.that(token >= 0, NAME, "token " + token, "ids of at least 0");
    Preconditions.that(
        amount >= -MOST && amount <= MOST,
        NAME,
        amount + " for token " + token,
        -MOST + " to " + MOST);
  }

  public boolean none() {
    return byToken.isEmpty();
  }

  /** The ids that it is for. */
  public int[] tokens() {
    return byToken.keySet().stream().mapToInt(token -> token).toArray();
  }

  /** What is added to the logit of that token. */
  public double of(int token) {
    return byToken.getOrDefault(token, 0.0);
  }
}
