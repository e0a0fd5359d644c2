package io.anyserve.contracts.sampling;

import io.anyserve.contracts.validation.Preconditions;

/**
 * Which tokens may be drawn: those that all of its rules keep.
 *
 * @param topP the likeliest tokens up to this share of the probability mass, 1 for all
 * @param topK that many of the likeliest tokens, 0 for all
 * @param minP tokens that have at least this share of the likeliest one's probability, 0 for all
 * @param typicalP of the tokens that the other rules keep, those whose surprise is closest to the
 *     expected one, up to this share of their mass, 1 for all; as defined by Meister et al.,
 *     "Locally Typical Sampling" (2022)
 */
public record Truncation(double topP, int topK, double minP, double typicalP) {

  public static final int MAX_TOP_K = 1000;

  /** Every token may be drawn. */
  public static final Truncation NONE = new Truncation(1, 0);

  public Truncation {
    checkTopP(topP);
    checkTopK(topK);
    checkMinP(minP);
    checkTypicalP(typicalP);
  }

  /** By top-p and top-k alone. */
  public Truncation(double topP, int topK) {
    this(topP, topK, 0, 1);
  }

  static void checkTopP(double topP) {
    Preconditions.that(topP > 0 && topP <= 1, "top_p", topP, "above 0, at most 1");
  }

  static void checkTopK(int topK) {
    Preconditions.that(topK >= 0 && topK <= MAX_TOP_K, "top_k", topK, "0 to " + MAX_TOP_K);
  }

  static void checkMinP(double minP) {
    Preconditions.that(minP >= 0 && minP <= 1, "min_p", minP, "0 to 1");
  }

  static void checkTypicalP(double typicalP) {
    Preconditions.that(typicalP > 0 && typicalP <= 1, "typical_p", typicalP, "above 0, at most 1");
  }
}
