package io.anyserve.ingress.openai;

import io.anyserve.contracts.sampling.GenerationParameters;
import io.anyserve.contracts.sampling.StopCriteria;
import io.anyserve.contracts.sampling.Truncation;
import io.anyserve.v1.Parameters;
import tools.jackson.databind.JsonNode;

/** Reads how tokens are drawn and where the answer ends. Throws {@link ApiException}. */
public final class SamplingReader {

  private static final String STOP_TOKENS = "stop_token_ids";

  private SamplingReader() {}

  public static void read(BodyFields fields, Parameters.Builder parameters) {
    fields.number("temperature").ifPresent(parameters::setTemperature);
    truncation(fields, parameters);
    fields.number("presence_penalty").ifPresent(parameters::setPresencePenalty);
    fields.number("frequency_penalty").ifPresent(parameters::setFrequencyPenalty);
    fields.number("repetition_penalty").ifPresent(parameters::setRepetitionPenalty);
    ends(fields, parameters);
  }

  private static void truncation(BodyFields fields, Parameters.Builder parameters) {
    fields.number("top_p").ifPresent(parameters::setTopP);
    fields
        .integer("top_k", 0, Truncation.MAX_TOP_K)
        .ifPresent(most -> parameters.setTopK((int) most));
    fields.number("min_p").ifPresent(parameters::setMinP);
    fields.number("typical_p").ifPresent(parameters::setTypicalP);
  }

  private static void ends(BodyFields fields, Parameters.Builder parameters) {
    parameters.addAllStop(fields.strings("stop"));
    fields.value(STOP_TOKENS).ifPresent(ids -> stopTokens(ids, parameters));
    fields
        .integer("min_tokens", 0, GenerationParameters.MAX_TOKENS)
        .ifPresent(least -> parameters.setMinTokens((int) least));
    if (fields.flag("ignore_eos")) {
      parameters.setIgnoreEos(true);
    }
  }

  private static void stopTokens(JsonNode ids, Parameters.Builder parameters) {
    BodyFields.check(
        ids.isArray() && ids.size() <= StopCriteria.MAX_TOKENS,
        STOP_TOKENS,
        ids,
        "an array of at most " + StopCriteria.MAX_TOKENS + " token ids");
    for (JsonNode id : ids) {
      BodyFields.check(
          BodyFields.isWhole(id) && id.canConvertToInt() && id.intValue() >= 0,
          STOP_TOKENS,
          id,
          "token ids");
      parameters.addStopTokenIds(id.intValue());
    }
  }
}
