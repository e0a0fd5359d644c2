package io.anyserve.worker.torch.model;

import io.anyserve.contracts.sampling.Penalties;
import io.anyserve.contracts.sampling.SamplingDefaults;
import io.anyserve.contracts.sampling.SamplingParams;
import io.anyserve.contracts.sampling.Truncation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.DoublePredicate;
import tools.jackson.databind.JsonNode;

/**
 * How a model wants to be generated from, as its {@code generation_config.json} states it. Without
 * the file the model ends where its {@code config.json} says and draws by its plain probabilities.
 *
 * @param endTokens tokens with which the model ends an answer
 * @param sampling of requests that leave it open
 * @param ignored settings that would change the draw and that this engine does not have, as {@code
 *     name = value}
 */
public record GenerationConfig(
    Set<Integer> endTokens, SamplingDefaults sampling, List<String> ignored) {

  public static final String FILE = "generation_config.json";

  private static final String END = "eos_token_id";

  /** Settings that this engine does not have, with the value at which they do nothing. */
  private static final Map<String, Double> UNSUPPORTED =
      new TreeMap<>(Map.of("no_repeat_ngram_size", 0.0, "num_beams", 1.0));

  public GenerationConfig {
    endTokens = Set.copyOf(endTokens);
    ignored = List.copyOf(ignored);
  }

  /** The model's own; without it, what {@code config.json} says. */
  static GenerationConfig of(JsonFile config, Optional<JsonFile> generation, ModelConfig model) {
    if (generation.isEmpty()) {
      return new GenerationConfig(endTokens(config, model), SamplingDefaults.NEUTRAL, List.of());
    }
    JsonFile json = generation.get();
    return new GenerationConfig(
        endTokens(json.has(END) ? json : config, model), sampling(json), ignored(json));
  }

  private static Set<Integer> endTokens(JsonFile json, ModelConfig model) {
    Set<Integer> tokens = new TreeSet<>(json.integers(END));
    for (int token : tokens) {
      if (token < 0 || token >= model.vocabulary()) {
        String expected = "ids from 0 to " + (model.vocabulary() - 1);
        throw json.wrong(END, json.root().get(END), expected);
      }
    }
    return tokens;
  }

  /** Greedy is a temperature of 0: who asks for another one gets the rest of what the file says. */
  private static SamplingDefaults sampling(JsonFile json) {
    SamplingDefaults otherwise = SamplingDefaults.NEUTRAL;
    double temperature =
        number(json, "temperature", otherwise.temperature(), 0, SamplingParams.MAX_TEMPERATURE);
    return new SamplingDefaults(
        json.flag("do_sample", true) ? temperature : 0,
        truncation(json, otherwise.truncation()),
        new Penalties(
            penalty(json, "presence_penalty"),
            penalty(json, "frequency_penalty"),
            number(
                json,
                "repetition_penalty",
                1,
                Penalties.LEAST_REPETITION,
                Penalties.MOST_REPETITION)));
  }

  private static Truncation truncation(JsonFile json, Truncation otherwise) {
    return new Truncation(
        share(json, "top_p", otherwise.topP()),
        topK(json, otherwise.topK()),
        number(json, "min_p", otherwise.minP(), 0, 1),
        share(json, "typical_p", otherwise.typicalP()));
  }

  private static double share(JsonFile json, String key, double absent) {
    return number(json, key, absent, p -> p > 0 && p <= 1, "above 0, at most 1");
  }

  private static double penalty(JsonFile json, String key) {
    return number(json, key, 0, -Penalties.MOST, Penalties.MOST);
  }

  private static int topK(JsonFile json, int absent) {
    return json.has("top_k")
        ? json.required("top_k", GenerationConfig::isTopK, "0 to " + Truncation.MAX_TOP_K)
            .intValue()
        : absent;
  }

  private static boolean isTopK(JsonNode node) {
    return node.isIntegralNumber()
        && node.canConvertToInt()
        && node.intValue() >= 0
        && node.intValue() <= Truncation.MAX_TOP_K;
  }

  private static double number(
      JsonFile json, String key, double absent, double least, double most) {
    return number(json, key, absent, x -> x >= least && x <= most, least + " to " + most);
  }

  private static double number(
      JsonFile json, String key, double absent, DoublePredicate valid, String expected) {
    return json.has(key)
        ? json.required(key, node -> node.isNumber() && valid.test(node.doubleValue()), expected)
            .doubleValue()
        : absent;
  }

  private static List<String> ignored(JsonFile json) {
    List<String> ignored = new ArrayList<>();
    UNSUPPORTED.forEach(
        (key, neutral) -> {
          if (json.has(key) && json.root().get(key).asDouble(Double.NaN) != neutral) {
            JsonNode value = json.root().get(key);
            ignored.add(key + " = " + InvalidModelException.printable(value.toString()));
          }
        });
    return ignored;
  }
}
