package io.anyserve.contracts.codec;

import io.anyserve.contracts.sampling.GenerationParameters;
import io.anyserve.contracts.sampling.LogitBias;
import io.anyserve.contracts.sampling.OutputFormat;
import io.anyserve.contracts.sampling.RequestedPenalties;
import io.anyserve.contracts.sampling.RequestedSampling;
import io.anyserve.contracts.sampling.RequestedTruncation;
import io.anyserve.contracts.sampling.StopCriteria;
import io.anyserve.v1.JsonObjectFormat;
import io.anyserve.v1.Parameters;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeSet;

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
  public static GenerationParameters read(Parameters message, long seed) {
    return new GenerationParameters(
        message.hasMaxTokens() ? message.getMaxTokens() : GenerationParameters.DEFAULT_MAX_TOKENS,
        new RequestedSampling(
            optional(message.hasTemperature(), message.getTemperature()),
            truncation(message),
            penalties(message),
            message.hasSeed() ? message.getSeed() : seed),
        new StopCriteria(
            message.getStopList(),
            new TreeSet<>(message.getStopTokenIdsList()),
            message.getIgnoreEos(),
            message.getMinTokens()),
        LogitBias.of(message.getLogitBiasMap()),
        message.hasLogprobs() ? OptionalInt.of(message.getLogprobs()) : OptionalInt.empty(),
        format(message.getOutputFormat()));
  }

  private static RequestedTruncation truncation(Parameters message) {
    return new RequestedTruncation(
        optional(message.hasTopP(), message.getTopP()),
        message.hasTopK() ? OptionalInt.of(message.getTopK()) : OptionalInt.empty(),
        optional(message.hasMinP(), message.getMinP()),
        optional(message.hasTypicalP(), message.getTypicalP()));
  }

  private static RequestedPenalties penalties(Parameters message) {
    return new RequestedPenalties(
        optional(message.hasPresencePenalty(), message.getPresencePenalty()),
        optional(message.hasFrequencyPenalty(), message.getFrequencyPenalty()),
        optional(message.hasRepetitionPenalty(), message.getRepetitionPenalty()));
  }

  private static OutputFormat format(io.anyserve.v1.OutputFormat message) {
    return switch (message.getFormatCase()) {
      case JSON_OBJECT -> new OutputFormat.JsonObject();
      case JSON_SCHEMA -> new OutputFormat.JsonSchema(message.getJsonSchema());
      case REGEX -> new OutputFormat.Regex(message.getRegex());
      case FORMAT_NOT_SET -> new OutputFormat.Text();
    };
  }

  static Parameters write(GenerationParameters parameters) {
    StopCriteria stop = parameters.stop();
    Parameters.Builder message =
        Parameters.newBuilder()
            .setMaxTokens(parameters.maxTokens())
            .addAllStop(stop.strings())
            .addAllStopTokenIds(stop.tokens())
            .setIgnoreEos(stop.ignoreEos());
    if (stop.minTokens() > 0) {
      message.setMinTokens(stop.minTokens());
    }
    message.putAllLogitBias(parameters.logitBias().byToken());
    parameters.logprobs().ifPresent(message::setLogprobs);
    write(parameters.sampling(), message);
    write(parameters.format(), message);
    return message.build();
  }

  private static void write(RequestedSampling sampling, Parameters.Builder message) {
    message.setSeed(sampling.seed());
    sampling.temperature().ifPresent(message::setTemperature);
    sampling.truncation().topP().ifPresent(message::setTopP);
    sampling.truncation().topK().ifPresent(message::setTopK);
    sampling.truncation().minP().ifPresent(message::setMinP);
    sampling.truncation().typicalP().ifPresent(message::setTypicalP);
    sampling.penalties().presence().ifPresent(message::setPresencePenalty);
    sampling.penalties().frequency().ifPresent(message::setFrequencyPenalty);
    sampling.penalties().repetition().ifPresent(message::setRepetitionPenalty);
  }

  private static void write(OutputFormat format, Parameters.Builder message) {
    switch (format) {
      case OutputFormat.Text() -> {}
      case OutputFormat.JsonObject() ->
          message.getOutputFormatBuilder().setJsonObject(JsonObjectFormat.getDefaultInstance());
      case OutputFormat.JsonSchema(String schema) ->
          message.getOutputFormatBuilder().setJsonSchema(schema);
      case OutputFormat.Regex(String pattern) -> message.getOutputFormatBuilder().setRegex(pattern);
    }
  }

  private static OptionalDouble optional(boolean present, double value) {
    return present ? OptionalDouble.of(value) : OptionalDouble.empty();
  }
}
