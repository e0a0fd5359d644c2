package io.anyserve.contracts.sampling;

import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * What a caller asks for about the draw of tokens. What is left open comes from the model that
 * answers: see {@link #resolve}. The seed is never open, so that every attempt draws alike.
 *
 * @param temperature 0 takes the likeliest token
 * @param seed together with a token's position it decides the draw
 */
public record RequestedSampling(
    OptionalDouble temperature,
    RequestedTruncation truncation,
    RequestedPenalties penalties,
    long seed) {

  public RequestedSampling {
    temperature.ifPresent(SamplingParams::checkTemperature);
  }

  /** Asks for nothing else. */
  public RequestedSampling(
      OptionalDouble temperature,
      OptionalDouble topP,
      OptionalInt topK,
      OptionalDouble presencePenalty,
      OptionalDouble frequencyPenalty,
      long seed) {
    this(
        temperature,
        new RequestedTruncation(topP, topK, OptionalDouble.empty(), OptionalDouble.empty()),
        new RequestedPenalties(presencePenalty, frequencyPenalty, OptionalDouble.empty()),
        seed);
  }

  /** Leaves everything but the seed to the model. */
  public static RequestedSampling seeded(long seed) {
    return new RequestedSampling(
        OptionalDouble.empty(), RequestedTruncation.NONE, RequestedPenalties.NONE, seed);
  }

  /** Leaves nothing to the model. */
  public static RequestedSampling of(SamplingParams sampling) {
    return new RequestedSampling(
        OptionalDouble.of(sampling.temperature()),
        RequestedTruncation.of(sampling.truncation()),
        RequestedPenalties.of(sampling.penalties()),
        sampling.seed());
  }

  /** The caller's values, and the model's where the caller has none. */
  public SamplingParams resolve(SamplingDefaults model) {
    return new SamplingParams(
        temperature.orElse(model.temperature()),
        truncation.resolve(model.truncation()),
        seed,
        penalties.resolve(model.penalties()));
  }
}
