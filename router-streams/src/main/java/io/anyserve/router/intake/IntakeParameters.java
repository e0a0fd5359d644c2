package io.anyserve.router.intake;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.sampling.GenerationParameters;
import io.anyserve.contracts.sampling.LogitBias;
import io.anyserve.contracts.sampling.OutputFormat;
import io.anyserve.contracts.sampling.RequestedPenalties;
import io.anyserve.contracts.sampling.RequestedSampling;
import io.anyserve.contracts.sampling.RequestedTruncation;
import io.anyserve.contracts.sampling.StopCriteria;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * Reads what a request in JSON wants of its answer, by the names that chats over HTTP have. Throws
 * IllegalArgumentException naming what is wrong.
 */
final class IntakeParameters {

  static final Set<String> FIELDS =
      Set.of(
          "max_tokens",
          "temperature",
          "top_p",
          "top_k",
          "min_p",
          "typical_p",
          "presence_penalty",
          "frequency_penalty",
          "repetition_penalty",
          "seed",
          "stop",
          "stop_token_ids",
          "min_tokens",
          "ignore_eos",
          "logit_bias",
          "logprobs",
          "response_format",
          "structured_outputs");

  private static final String FORMAT = "response_format";
  private static final String STRUCTURED = "structured_outputs";
  private static final String SCHEMA = "json_schema";
  private static final String JSON_OBJECT = "json_object";
  private static final int MOST_CHOICES = 256;
  private static final Pattern SPECIAL = Pattern.compile("[\\\\^$.|?*+()\\[\\]{}]");
  private static final Pattern TOKEN = Pattern.compile("0|[1-9]\\d{0,8}");

  private IntakeParameters() {}

  /** Without a seed, it depends on the request's id alone. */
  static GenerationParameters read(JsonFields fields, RequestId id) {
    refuseLogprobs(fields);
    return new GenerationParameters(
        fields.integer("max_tokens").orElse(GenerationParameters.DEFAULT_MAX_TOKENS),
        sampling(fields, id),
        stop(fields),
        LogitBias.of(bias(fields)),
        OptionalInt.empty(),
        format(fields).orElseGet(OutputFormat.Text::new));
  }

  private static void refuseLogprobs(JsonFields fields) {
    fields
        .node("logprobs")
        .filter(value -> !value.isBoolean() || value.booleanValue())
        .ifPresent(
            value -> {
              throw new IllegalArgumentException(
                  "logprobs: set (expected: none, results of asynchronous requests have no place"
                      + " for them)");
            });
  }

  private static RequestedSampling sampling(JsonFields fields, RequestId id) {
    return new RequestedSampling(
        fields.number("temperature"),
        new RequestedTruncation(
            fields.number("top_p"),
            fields.integer("top_k"),
            fields.number("min_p"),
            fields.number("typical_p")),
        new RequestedPenalties(
            fields.number("presence_penalty"),
            fields.number("frequency_penalty"),
            fields.number("repetition_penalty")),
        fields.longInteger("seed").orElse(id.low()));
  }

  private static StopCriteria stop(JsonFields fields) {
    return new StopCriteria(
        fields.strings("stop"),
        new TreeSet<>(fields.integers("stop_token_ids")),
        fields.flag("ignore_eos"),
        fields.integer("min_tokens").orElse(0));
  }

  private static Map<Integer, Double> bias(JsonFields fields) {
    Map<Integer, Double> amounts = new TreeMap<>();
    fields
        .object("logit_bias")
        .ifPresent(
            bias -> {
              for (String token : bias.node().propertyNames()) {
                if (!TOKEN.matcher(token).matches()) {
                  throw new IllegalArgumentException(
                      "logit_bias: " + JsonFields.printable(token) + " (expected: token ids)");
                }
                amounts.put(
                    Integer.parseInt(token),
                    bias.number(token).orElseThrow(() -> bias.missing(token, "a number")));
              }
            });
    return amounts;
  }

  private static Optional<OutputFormat> format(JsonFields fields) {
    Optional<JsonFields> format = fields.object(FORMAT);
    Optional<JsonFields> structured = fields.object(STRUCTURED);
    if (format.isPresent() && structured.isPresent()) {
      throw new IllegalArgumentException(
          STRUCTURED + ": set beside response_format (expected: one of the two)");
    }
    return structured.map(IntakeParameters::structured).or(() -> format.map(IntakeParameters::of));
  }

  private static OutputFormat of(JsonFields format) {
    format.only(Set.of("type", SCHEMA));
    String type = format.required("type");
    return switch (type) {
      case "text" -> new OutputFormat.Text();
      case JSON_OBJECT -> new OutputFormat.JsonObject();
      case SCHEMA -> {
        JsonFields named =
            format.object(SCHEMA).orElseThrow(() -> format.missing(SCHEMA, "a JSON object"));
        named.only(Set.of("name", "description", "schema", "strict"));
        yield schema(named, "schema");
      }
      default ->
          throw new IllegalArgumentException(
              FORMAT
                  + ".type: "
                  + JsonFields.printable(type)
                  + " (expected: text, json_object or json_schema)");
    };
  }

  private static OutputFormat schema(JsonFields fields, String name) {
    JsonNode schema = fields.node(name).orElseThrow(() -> fields.missing(name, "a JSON Schema"));
    if (!schema.isObject() && !schema.isBoolean()) {
      throw fields.refused(name, "a JSON Schema");
    }
    return new OutputFormat.JsonSchema(schema.toString());
  }

  private static OutputFormat structured(JsonFields fields) {
    fields.only(Set.of("json", "regex", "choice", JSON_OBJECT));
    List<String> given =
        fields.node().propertyStream().map(Map.Entry::getKey).filter(fields::has).toList();
    if (given.size() != 1) {
      throw new IllegalArgumentException(
          STRUCTURED
              + ": "
              + given.size()
              + " set (expected: one of json, regex, choice and json_object)");
    }
    return switch (given.getFirst()) {
      case "json" -> schema(fields, "json");
      case "regex" -> new OutputFormat.Regex(fields.required("regex"));
      case "choice" -> choice(fields);
      default -> {
        if (!fields.flag(JSON_OBJECT)) {
          throw fields.refused(JSON_OBJECT, "true");
        }
        yield new OutputFormat.JsonObject();
      }
    };
  }

  private static OutputFormat choice(JsonFields fields) {
    List<String> choices = fields.strings("choice");
    if (choices.isEmpty() || choices.size() > MOST_CHOICES) {
      throw fields.refused("choice", "1 to " + MOST_CHOICES + " strings");
    }
    return new OutputFormat.Regex(
        choices.stream()
            .map(choice -> SPECIAL.matcher(choice).replaceAll("\\\\$0"))
            .collect(Collectors.joining("|")));
  }
}
