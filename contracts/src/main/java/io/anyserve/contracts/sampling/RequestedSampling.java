package io.anyserve.contracts.sampling;

import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * What a caller asks for about the draw of tokens. What is left open comes from the model that
 * answers: see {@link #resolve}. The seed is never open, so that every attempt draws alike.
 *
 * @param temperature 0 takes the likeliest token
 * @param topP share of the probability mass that may be drawn from, 1 for all
 * @param topK number of tokens that may be drawn from, 0 for all
 * @param presencePenalty as in {@link Penalties}
 * @param frequencyPenalty as in {@link Penalties}
 * @param seed together with a token's position it decides the draw
 */
public record RequestedSampling(
    OptionalDouble temperature,
    OptionalDouble topP,
    OptionalInt topK,
    OptionalDouble presencePenalty,
    OptionalDouble frequencyPenalty,
    long seed) {

  public RequestedSampling {
    temperature.ifPresent(SamplingParams::checkTemperature);
    topP.ifPresent(SamplingParams::checkTopP);
    topK.ifPresent(SamplingParams::checkTopK);
    presencePenalty.ifPresent(Penalties::checkPresence);
    frequencyPenalty.ifPresent(Penalties::checkFrequency);
  }

  /** Leaves everything but the seed to the model. */
  public static RequestedSampling seeded(long seed) {
    return new RequestedSampling(
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        OptionalInt.empty(),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        seed);
  }

  /** Leaves nothing to the model. */
  public static RequestedSampling of(SamplingParams sampling) {
    return new RequestedSampling(
        OptionalDouble.of(sampling.temperature()),
        OptionalDouble.of(sampling.topP()),
        OptionalInt.of(sampling.topK()),
        OptionalDouble.of(sampling.penalties().presence()),
        OptionalDouble.of(sampling.penalties().frequency()),
        sampling.seed());
  }

  /** The caller's values, and the model's where the caller has none. */
  public SamplingParams resolve(SamplingDefaults model) {
    return new SamplingParams(
        temperature.orElse(model.temperature()),
        topP.orElse(model.topP()),
        topK.orElse(model.topK()),
        seed,
        new Penalties(
            presencePenalty.orElse(model.penalties().presence()),
            frequencyPenalty.orElse(model.penalties().frequency())));
  }
}
