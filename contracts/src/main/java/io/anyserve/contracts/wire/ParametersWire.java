package io.anyserve.contracts.wire;

import io.anyserve.contracts.Parameters;
import io.anyserve.contracts.Sampling;

/** Parameters as callers give them: every field optional, defaults filled in here. */
public final class ParametersWire {

  private static final double DEFAULT_TEMPERATURE = 1;

  private ParametersWire() {}

  /**
   * Throws IllegalArgumentException naming the parameter that is wrong or not supported.
   *
   * @param seed taken where the caller gives none
   */
  public static Parameters read(io.anyserve.v1.Parameters message, long seed) {
    refuseUnlessZero("presence_penalty", message.getPresencePenalty());
    refuseUnlessZero("frequency_penalty", message.getFrequencyPenalty());
    return new Parameters(
        message.hasMaxTokens() ? message.getMaxTokens() : Parameters.DEFAULT_MAX_TOKENS,
        new Sampling(
            message.hasTemperature() ? message.getTemperature() : DEFAULT_TEMPERATURE,
            message.hasTopP() ? message.getTopP() : 1,
            message.getTopK(),
            message.hasSeed() ? message.getSeed() : seed),
        message.getStopList(),
        message.getIgnoreEos());
  }

  private static void refuseUnlessZero(String name, double value) {
    if (value != 0) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected: 0 or none; penalties are not supported)");
    }
  }
}
