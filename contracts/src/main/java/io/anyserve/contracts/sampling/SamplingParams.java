package io.anyserve.contracts.sampling;

import io.anyserve.contracts.validation.Preconditions;

/**
 * How the next token is drawn: complete, as an engine needs it.
 *
 * @param temperature 0 takes the likeliest token
 * @param truncation which tokens may be drawn, at that temperature
 * @param seed together with a token's position it decides the draw
 * @param penalties taken off before everything else
 */
public record SamplingParams(
    double temperature, Truncation truncation, long seed, Penalties penalties) {

  public static final double MAX_TEMPERATURE = 2;

  public static final SamplingParams GREEDY = new SamplingParams(0, 1, 0, 0);

  public SamplingParams {
    checkTemperature(temperature);
  }

  /** Without penalties. */
  public SamplingParams(double temperature, double topP, int topK, long seed) {
    this(temperature, topP, topK, seed, Penalties.NONE);
  }

  /** Truncated by top-p and top-k alone. */
  public SamplingParams(double temperature, double topP, int topK, long seed, Penalties penalties) {
    this(temperature, new Truncation(topP, topK), seed, penalties);
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
}
