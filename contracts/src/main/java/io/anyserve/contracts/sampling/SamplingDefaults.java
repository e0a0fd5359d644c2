package io.anyserve.contracts.sampling;

/**
 * How a model draws tokens for requests that do not say: see {@link RequestedSampling#resolve}. The
 * ranges are those of {@link SamplingParams}.
 */
public record SamplingDefaults(double temperature, Truncation truncation, Penalties penalties) {

  /** The model's probabilities as they are. */
  public static final SamplingDefaults NEUTRAL =
      new SamplingDefaults(1, Truncation.NONE, Penalties.NONE);

  public SamplingDefaults {
    SamplingParams.checkTemperature(temperature);
  }

  /** Truncated by top-p and top-k alone. */
  public SamplingDefaults(double temperature, double topP, int topK, Penalties penalties) {
    this(temperature, new Truncation(topP, topK), penalties);
  }
}
