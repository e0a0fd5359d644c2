package io.anyserve.ingress.openai;

import io.anyserve.contracts.sampling.GenerationParameters;
import io.anyserve.contracts.sampling.LogitBias;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * Reads what a client wants to know of the likelihood of tokens, and what it adds to it. Throws
 * {@link ApiException}.
 */
final class LikelihoodReader {

  /** OpenAI's limit of the older API. */
  private static final int MOST_OF_TEXT = 5;

  private static final String LOGPROBS = "logprobs";
  private static final String TOP = "top_logprobs";
  private static final String BIAS = "logit_bias";
  private static final Pattern ID = Pattern.compile("0|[1-9]\\d{0,9}");

  private LikelihoodReader() {}

  /** How many of the likeliest tokens are told beside each token; empty tells nothing. */
  static OptionalInt logprobs(CompletionKind kind, BodyFields fields) {
    return switch (kind) {
      case CHAT -> ofChat(fields);
      case TEXT -> ofText(fields);
    };
  }

  private static OptionalInt ofChat(BodyFields fields) {
    OptionalLong top = fields.integer(TOP, 0, GenerationParameters.MAX_LOGPROBS);
    if (fields.flag(LOGPROBS)) {
      return OptionalInt.of((int) top.orElse(0));
    }
    if (top.orElse(0) > 0) {
      throw BodyFields.invalid(
          TOP,
          "top_logprobs: %d (expected: only with \"logprobs\": true)".formatted(top.getAsLong()));
    }
    return OptionalInt.empty();
  }

  /** The older API asks with a number; clients that ask for nothing may say false. */
  private static OptionalInt ofText(BodyFields fields) {
    Optional<JsonNode> given = fields.value(LOGPROBS);
    if (given.isEmpty() || (given.get().isBoolean() && !given.get().booleanValue())) {
      return OptionalInt.empty();
    }
    return OptionalInt.of((int) fields.integer(LOGPROBS, 0, MOST_OF_TEXT).orElseThrow());
  }

  /** Amounts by token id. */
  static Map<Integer, Double> logitBias(BodyFields fields) {
    Map<Integer, Double> amounts = new TreeMap<>();
    fields.object(BIAS).ifPresent(bias -> read(bias.node(), amounts));
    return amounts;
  }

  private static void read(JsonNode bias, Map<Integer, Double> amounts) {
    if (bias.size() > LogitBias.MAX_TOKENS) {
      throw BodyFields.invalid(
          BIAS,
          "logit_bias: %d tokens (expected: at most %d)"
              .formatted(bias.size(), LogitBias.MAX_TOKENS));
    }
    bias.properties().forEach(entry -> amounts.put(id(entry.getKey()), amount(entry.getValue())));
  }

  private static int id(String name) {
    long id = ID.matcher(name).matches() ? Long.parseLong(name) : Long.MAX_VALUE;
    if (id > Integer.MAX_VALUE) {
      throw BodyFields.invalid(
          BIAS,
          "logit_bias: %s (expected: token ids as names)".formatted(BodyFields.printable(name)));
    }
    return (int) id;
  }

  private static double amount(JsonNode value) {
    boolean inRange = value.isNumber() && Math.abs(value.doubleValue()) <= LogitBias.MOST;
    BodyFields.check(inRange, BIAS, value, "a number from -100 to 100 for each token");
    return value.doubleValue();
  }
}
