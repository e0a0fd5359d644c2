package io.anyserve.contracts.sampling;

import io.anyserve.contracts.validation.Preconditions;

/**
 * How the next token is drawn: complete, as an engine needs it.
 *
 * @param temperature 0 takes the likeliest token
 * @param topP share of the probability mass that may be drawn from, 1 for all
 * @param topK number of tokens that may be drawn from, 0 for all
 * @param seed together with a token's position it decides the draw
 * @param penalties taken off before everything else
 */
public record SamplingParams(
    double temperature, double topP, int topK, long seed, Penalties penalties) {

  public static final double MAX_TEMPERATURE = 2;
  public static final int MAX_TOP_K = 1000;

  public static final SamplingParams GREEDY = new SamplingParams(0, 1, 0, 0);

  public SamplingParams {
    checkTemperature(temperature);
    checkTopP(topP);
    checkTopK(topK);
  }

  /** Without penalties. */
  public SamplingParams(double temperature, double topP, int topK, long seed) {
    this(temperature, topP, topK, seed, Penalties.NONE);
  }

  public boolean greedy() {
    return temperature == 0;
  }

  static void checkTemperature(double temperature) {
    Preconditions.that(
        temperature >= 0 && temperature <= MAX_TEMPERATURE,
        "temperature",
        temperature,
        "0 to " + MAX_TEMPERATURE);
  }

  static void checkTopP(double topP) {
    Preconditions.that(topP > 0 && topP <= 1, "top_p", topP, "above 0, at most 1");
  }

  static void checkTopK(int topK) {
    Preconditions.that(topK >= 0 && topK <= MAX_TOP_K, "top_k", topK, "0 to " + MAX_TOP_K);
  }
}
