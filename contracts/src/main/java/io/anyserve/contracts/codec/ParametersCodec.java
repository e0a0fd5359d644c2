package io.anyserve.contracts.codec;

import io.anyserve.contracts.sampling.GenerationParameters;
import io.anyserve.contracts.sampling.LogitBias;
import io.anyserve.contracts.sampling.RequestedSampling;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * Parameters as callers give them: every field optional. What is left open of sampling stays open,
 * the other defaults are filled in here.
 */
public final class ParametersCodec {

  private ParametersCodec() {}

  /**
   * Throws IllegalArgumentException naming the parameter that is wrong.
   *
   * @param seed taken where the caller gives none
   */
  public static GenerationParameters read(io.anyserve.v1.Parameters message, long seed) {
    return new GenerationParameters(
        message.hasMaxTokens() ? message.getMaxTokens() : GenerationParameters.DEFAULT_MAX_TOKENS,
        new RequestedSampling(
            optional(message.hasTemperature(), message.getTemperature()),
            optional(message.hasTopP(), message.getTopP()),
            message.hasTopK() ? OptionalInt.of(message.getTopK()) : OptionalInt.empty(),
            optional(message.hasPresencePenalty(), message.getPresencePenalty()),
            optional(message.hasFrequencyPenalty(), message.getFrequencyPenalty()),
            message.hasSeed() ? message.getSeed() : seed),
        message.getStopList(),
        message.getIgnoreEos(),
        LogitBias.of(message.getLogitBiasMap()),
        message.hasLogprobs() ? OptionalInt.of(message.getLogprobs()) : OptionalInt.empty());
  }

  static io.anyserve.v1.Parameters write(GenerationParameters parameters) {
    RequestedSampling sampling = parameters.sampling();
    var message =
        io.anyserve.v1.Parameters.newBuilder()
            .setMaxTokens(parameters.maxTokens())
            .setSeed(sampling.seed())
            .addAllStop(parameters.stop())
            .setIgnoreEos(parameters.ignoreEos());
    message.putAllLogitBias(parameters.logitBias().byToken());
    parameters.logprobs().ifPresent(message::setLogprobs);
    sampling.temperature().ifPresent(message::setTemperature);
    sampling.topP().ifPresent(message::setTopP);
    sampling.topK().ifPresent(message::setTopK);
    sampling.presencePenalty().ifPresent(message::setPresencePenalty);
    sampling.frequencyPenalty().ifPresent(message::setFrequencyPenalty);
    return message.build();
  }

  private static OptionalDouble optional(boolean present, double value) {
    return present ? OptionalDouble.of(value) : OptionalDouble.empty();
  }
}
