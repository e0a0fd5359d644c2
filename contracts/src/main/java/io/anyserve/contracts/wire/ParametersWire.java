package io.anyserve.contracts.wire;

import io.anyserve.contracts.Parameters;
import io.anyserve.contracts.Penalties;
import io.anyserve.contracts.Sampling;

/** Parameters as callers give them: every field optional, defaults filled in here. */
public final class ParametersWire {

  private static final double DEFAULT_TEMPERATURE = 1;

  private ParametersWire() {}

  /**
   * Throws IllegalArgumentException naming the parameter that is wrong.
   *
   * @param seed taken where the caller gives none
   */
  public static Parameters read(io.anyserve.v1.Parameters message, long seed) {
    return new Parameters(
        message.hasMaxTokens() ? message.getMaxTokens() : Parameters.DEFAULT_MAX_TOKENS,
        new Sampling(
            message.hasTemperature() ? message.getTemperature() : DEFAULT_TEMPERATURE,
            message.hasTopP() ? message.getTopP() : 1,
            message.getTopK(),
            message.hasSeed() ? message.getSeed() : seed,
            new Penalties(message.getPresencePenalty(), message.getFrequencyPenalty())),
        message.getStopList(),
        message.getIgnoreEos());
  }
}
