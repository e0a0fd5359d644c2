package io.anyserve.worker.torch.model;

import io.anyserve.worker.torch.model.DecoderType.Trait;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads rotary positions. Older files have {@code rope_theta} and {@code rope_scaling} at the top,
 * newer ones both under {@code rope_parameters}, for each type of layer where types differ.
 */
record RopeReader(JsonFile json, DecoderType type, int headSize) {

  private static final String PARAMETERS = "rope_parameters";
  private static final String SCALING = "rope_scaling";
  private static final String TRAINED = "original_max_position_embeddings";

  /** The kinds of scaling, each with the keys that it has besides the common ones. */
  private static final Map<String, Set<String>> KINDS =
      Map.of(
          "default", Set.of(),
          "linear", Set.of("factor"),
          "dynamic", Set.of("factor"),
          "llama3", Set.of("factor", "low_freq_factor", "high_freq_factor"),
          "yarn", Set.of("factor", "attention_factor", "beta_fast", "beta_slow", "truncate"),
          "longrope", Set.of("factor", "attention_factor", "short_factor", "long_factor"),
          "su", Set.of("factor", "attention_factor", "short_factor", "long_factor"));

  private static final Set<String> COMMON =
      Set.of("rope_type", "type", "rope_theta", "partial_rotary_factor", TRAINED);

  /** That of all layers, or of those that see everything. */
  Rope rope() {
    Optional<JsonFile> parameters = parameters("full_attention");
    double theta = theta(parameters, "rope_theta");
    Optional<JsonFile> scaling = json.has(SCALING) ? Optional.of(json.object(SCALING)) : parameters;
    return new Rope(theta, size(parameters), scaling.map(this::scaling).orElse(none()));
  }

  /** That of the layers with a window. */
  Rope slidingRope() {
    if (!type.has(Trait.SLIDING_ROPE)) {
      return rope();
    }
    Optional<JsonFile> parameters = parameters("sliding_attention");
    double theta = theta(parameters, "rope_local_base_freq");
    return new Rope(theta, size(parameters), parameters.map(this::scaling).orElse(none()));
  }

  private Optional<JsonFile> parameters(String layers) {
    if (!json.has(PARAMETERS)) {
      return Optional.empty();
    }
    JsonFile all = json.object(PARAMETERS);
    return Optional.of(all.has(layers) ? all.object(layers) : all);
  }

  private double theta(Optional<JsonFile> parameters, String key) {
    return json.has(key) || parameters.isEmpty()
        ? json.positiveNumber(key)
        : parameters.get().positiveNumber("rope_theta");
  }

  private int size(Optional<JsonFile> parameters) {
    JsonFile home = parameters.filter(all -> all.has("partial_rotary_factor")).orElse(json);
    double part = home.positiveNumber("partial_rotary_factor", 1);
    if (part > 1 || (part < 1 && !type.has(Trait.PARTIAL_ROTARY))) {
      String expected = type.has(Trait.PARTIAL_ROTARY) ? "at most 1" : "1";
      throw home.wrong("partial_rotary_factor", home.root().get("partial_rotary_factor"), expected);
    }
    return (int) (headSize * part);
  }

  private RopeScaling scaling(JsonFile scaling) {
    String key = scaling.has("rope_type") || !scaling.has("type") ? "rope_type" : "type";
    scaling.only(key, List.copyOf(new TreeSet<>(KINDS.keySet())));
    String kind = scaling.has(key) ? scaling.text(key) : "default";
    refuseOtherKeys(scaling, kind);
    return switch (kind) {
      case "linear" -> new RopeScaling.Linear(scaling.positiveNumber("factor"));
      case "dynamic" -> dynamic(scaling);
      case "llama3" -> llama3(scaling);
      case "yarn" -> yarn(scaling);
      case "longrope", "su" -> longRope(scaling);
      default -> none();
    };
  }

  private static RopeScaling none() {
    return new RopeScaling.None();
  }

  private void refuseOtherKeys(JsonFile scaling, String kind) {
    for (String key : scaling.root().propertyNames()) {
      boolean known = COMMON.contains(key) || KINDS.getOrDefault(kind, Set.of()).contains(key);
      if (!known && scaling.has(key)) {
        throw scaling.wrong(key, scaling.root().get(key), "no such key for the type " + kind);
      }
    }
  }

  private RopeScaling dynamic(JsonFile scaling) {
    return new RopeScaling.Dynamic(
        scaling.positiveNumber("factor"), json.positive("max_position_embeddings"));
  }

  private RopeScaling llama3(JsonFile scaling) {
    return new RopeScaling.Llama3(
        scaling.positiveNumber("factor"),
        scaling.positiveNumber("low_freq_factor"),
        scaling.positiveNumber("high_freq_factor"),
        trained(scaling));
  }

  private RopeScaling yarn(JsonFile scaling) {
    double factor = scaling.positiveNumber("factor");
    double magnitude = factor <= 1 ? 1 : 0.1 * Math.log(factor) + 1;
    return new RopeScaling.Yarn(
        factor,
        trained(scaling),
        scaling.positiveNumber("beta_fast", 32),
        scaling.positiveNumber("beta_slow", 1),
        scaling.positiveNumber("attention_factor", magnitude),
        scaling.flag("truncate", true));
  }

  private RopeScaling longRope(JsonFile scaling) {
    int trained = trained(scaling);
    double longest = json.positive("max_position_embeddings");
    double factor = scaling.positiveNumber("factor", longest / trained);
    double magnitude = factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(trained));
    return new RopeScaling.LongRope(
        scaling.positiveNumbers("short_factor"),
        scaling.positiveNumbers("long_factor"),
        trained,
        scaling.positiveNumber("attention_factor", magnitude));
  }

  /** The length that the model was trained on before its positions were stretched. */
  private int trained(JsonFile scaling) {
    JsonFile home = json.has(TRAINED) ? json : scaling;
    return home.positive(TRAINED, json.positive("max_position_embeddings"));
  }
}
