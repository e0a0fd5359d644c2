package io.anyserve.ingress.description;

import io.anyserve.contracts.sampling.GenerationParameters;
import io.anyserve.contracts.sampling.Penalties;
import io.anyserve.contracts.sampling.SamplingParams;
import io.anyserve.contracts.sampling.StopCriteria;
import io.anyserve.contracts.sampling.Truncation;

/** How tokens are drawn and where an answer ends, in every body that asks for an answer. */
final class SamplingSchemas {

  private SamplingSchemas() {}

  static void addTo(BodySchema body) {
    body.optional("temperature", temperature())
        .optional("top_p", share("Share of the probability that is drawn from"))
        .optional("top_k", topK())
        .optional("min_p", minP())
        .optional(
            "typical_p", share("Share of the probability that the typical tokens drawn from have"))
        .optional("presence_penalty", penalty("Taken off the logits of every token that came."))
        .optional(
            "frequency_penalty", penalty("Taken off the logits of a token each time it came."))
        .optional("repetition_penalty", repetition())
        .optional("stop", stop())
        .optional("stop_token_ids", stopTokens())
        .optional("min_tokens", minTokens())
        .optional(
            "ignore_eos",
            Schema.flag("Go on to the limit where the model would end.").byDefault(false));
  }

  private static Schema temperature() {
    return Schema.number("0 takes the likeliest token; the default is the model's.")
        .range(0, SamplingParams.MAX_TEMPERATURE);
  }

  private static Schema share(String description) {
    return Schema.number(description + "; the default is the model's.").above(0).atMost(1);
  }

  private static Schema topK() {
    return Schema.integer("Tokens that are drawn from, 0 for all; the default is the model's.")
        .range(0, Truncation.MAX_TOP_K);
  }

  private static Schema minP() {
    return Schema.number(
            "Tokens below this share of the likeliest one's probability are not drawn; the default"
                + " is the model's.")
        .range(0, 1);
  }

  private static Schema penalty(String description) {
    return Schema.number(description).range(-Penalties.MOST, Penalties.MOST);
  }

  private static Schema repetition() {
    return Schema.number(
            "Divides the positive logits of tokens of prompt and answer, multiplies the negative"
                + " ones; 1 changes nothing, the default is the model's.")
        .range(Penalties.LEAST_REPETITION, Penalties.MOST_REPETITION);
  }

  private static Schema stop() {
    return Schema.anyOf(
        "The answer ends before the first of these texts.",
        stopText(),
        Schema.array("", stopText()).items(0, StopCriteria.MAX_STRINGS));
  }

  private static Schema stopText() {
    return Schema.string("")
        .pattern(CompletionBodies.TEXT)
        .characters(1, StopCriteria.MAX_STRING_LENGTH);
  }

  private static Schema stopTokens() {
    return Schema.array(
            "The answer ends before the first of these tokens; the model must have them.",
            Schema.integer("").range(0, Integer.MAX_VALUE))
        .items(0, StopCriteria.MAX_TOKENS);
  }

  private static Schema minTokens() {
    return Schema.integer("The answer does not end before; at most the limit of its tokens.")
        .range(0, GenerationParameters.MAX_TOKENS);
  }
}
