package io.anyserve.worker.torch.model;

import io.anyserve.worker.torch.model.DecoderType.Trait;
import io.anyserve.worker.torch.model.ModelConfig.Attention;
import io.anyserve.worker.torch.model.ModelConfig.Embeddings;
import io.anyserve.worker.torch.model.ModelConfig.FeedForward;
import io.anyserve.worker.torch.model.ModelConfig.GateActivation;
import io.anyserve.worker.torch.model.ModelConfig.LayerType;
import io.anyserve.worker.torch.model.ModelConfig.NormPlacement;
import io.anyserve.worker.torch.model.ModelConfig.NormWeight;
import io.anyserve.worker.torch.model.ModelConfig.Norms;
import io.anyserve.worker.torch.model.ModelConfig.Positions;
import io.anyserve.worker.torch.model.ModelConfig.Projection;
import io.anyserve.worker.torch.model.ModelConfig.Scores;
import io.anyserve.worker.torch.model.ModelConfig.Size;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/** Turns the {@code config.json} of a decoder into its shape, and refuses what is not supported. */
record DecoderConfigReader(JsonFile json, DecoderType type) {

  /** Beyond all models there are: a damaged file must not ask for memory. */
  private static final int MOST_LAYERS = 1000;

  private static final String WINDOW = "sliding_window";
  private static final String LAYER_TYPES = "layer_types";
  private static final String FULL = "full_attention";
  private static final String SLIDING = "sliding_attention";

  static ModelConfig read(JsonFile json) {
    var reader = new DecoderConfigReader(json, DecoderType.of(json));
    reader.refuseWhatIsDifferent();
    try {
      return reader.config();
    } catch (IllegalArgumentException e) {
      throw new InvalidModelException(
          json.file(), String.valueOf(e.getMessage()), "a consistent shape", e);
    }
  }

  private ModelConfig config() {
    int heads = json.positive("num_attention_heads");
    int headSize = headSize(heads);
    var ropes = new RopeReader(json, type, headSize);
    Rope rope = ropes.rope();
    int maxLength = maxLength(rope.scaling());
    return new ModelConfig(
        new Size(json.positive("hidden_size"), layers(), json.positive("vocab_size"), maxLength),
        attention(heads, headSize, positions(rope, ropes.slidingRope(), maxLength)),
        feedForward(),
        norms(),
        embeddings());
  }

  private int layers() {
    int layers = json.positive("num_hidden_layers");
    if (layers > MOST_LAYERS) {
      JsonNode found = json.root().get("num_hidden_layers");
      throw json.wrong("num_hidden_layers", found, "at most " + MOST_LAYERS);
    }
    return layers;
  }

  /** Longer than the file says only where the scaling is for that. */
  private int maxLength(RopeScaling scaling) {
    int stated = json.positive("max_position_embeddings");
    return switch (scaling) {
      case RopeScaling.Dynamic dynamic -> (int) Math.max(stated, stated * dynamic.factor());
      case RopeScaling.Yarn yarn -> (int) Math.max(stated, yarn.trained() * yarn.factor());
      case RopeScaling.None _, RopeScaling.Linear _, RopeScaling.Llama3 _, RopeScaling.LongRope _ ->
          stated;
    };
  }

  private Attention attention(int heads, int headSize, Positions positions) {
    return new Attention(
        heads,
        json.positive("num_key_value_heads", heads),
        headSize,
        projection(),
        scores(headSize),
        positions);
  }

  private int headSize(int heads) {
    if (json.has("head_dim")) {
      json.required("head_dim", size -> size.asInt(1) % 2 == 0, "an even number");
    }
    return type.has(Trait.HEAD_SIZE_KEY)
        ? json.positive("head_dim")
        : json.positive("head_dim", Math.max(1, json.positive("hidden_size") / heads));
  }

  private Projection projection() {
    boolean bias = json.flag("attention_bias", type.has(Trait.QUERY_BIAS));
    return new Projection(
        bias, bias && type.has(Trait.ATTENTION_BIAS_KEY), type.has(Trait.FUSED_WEIGHTS));
  }

  private Scores scores(int headSize) {
    if (!type.has(Trait.GEMMA)) {
      return Scores.PLAIN;
    }
    double divisor = json.positiveNumber("query_pre_attn_scalar");
    return new Scores(
        divisor == headSize ? OptionalDouble.empty() : OptionalDouble.of(1 / Math.sqrt(divisor)),
        type.has(Trait.SCORE_CAP)
            ? json.positiveNumberOrNull("attn_logit_softcapping")
            : OptionalDouble.empty());
  }

  /** A window as long as the longest text is none, unless its layers have angles of their own. */
  private Positions positions(Rope rope, Rope slidingRope, int maxLength) {
    OptionalInt window = window();
    if (window.isEmpty() || (window.getAsInt() >= maxLength && rope.equals(slidingRope))) {
      return Positions.full(layers(), rope);
    }
    return new Positions(layerTypes(), window.getAsInt(), rope, slidingRope);
  }

  /** Tokens that layers with a window see; empty where no layer has one. */
  private OptionalInt window() {
    boolean used =
        switch (type.windows()) {
          case NEVER -> false;
          case EVERY_LAYER -> json.positiveNumberOrNull(WINDOW).isPresent();
          case EVERY_LAYER_IF_SET -> json.has(WINDOW);
          case FLAGGED -> json.flag("use_sliding_window", false);
          case EVERY_OTHER, PATTERN -> true;
        };
    return used ? OptionalInt.of(json.positive(WINDOW)) : OptionalInt.empty();
  }

  private List<LayerType> layerTypes() {
    return switch (type.windows()) {
      case NEVER -> types(_ -> false);
      case EVERY_LAYER, EVERY_LAYER_IF_SET -> types(_ -> true);
      case FLAGGED -> json.has(LAYER_TYPES) ? namedTypes() : typesFrom();
      case EVERY_OTHER -> json.has(LAYER_TYPES) ? namedTypes() : types(i -> i % 2 == 0);
      case PATTERN -> json.has(LAYER_TYPES) ? namedTypes() : patternTypes();
    };
  }

  private List<LayerType> namedTypes() {
    int layers = layers();
    JsonNode names =
        json.required(
            LAYER_TYPES,
            list -> list.isArray() && list.size() == layers,
            "one type for each of " + layers + " layers");
    for (JsonNode name : names) {
      if (!name.asString("").equals(FULL) && !name.asString("").equals(SLIDING)) {
        throw json.wrong(LAYER_TYPES, name, FULL + " or " + SLIDING);
      }
    }
    return types(i -> names.path(i).asString("").equals(SLIDING));
  }

  private List<LayerType> typesFrom() {
    JsonNode first = json.required("max_window_layers", JsonNode::isIntegralNumber, "an integer");
    return types(i -> i >= first.intValue());
  }

  private List<LayerType> patternTypes() {
    int pattern = json.positive("sliding_window_pattern", 6);
    return types(i -> (i + 1) % pattern != 0);
  }

  private List<LayerType> types(IntPredicate slides) {
    return IntStream.range(0, layers())
        .mapToObj(i -> slides.test(i) ? LayerType.SLIDING : LayerType.FULL)
        .toList();
  }

  private FeedForward feedForward() {
    return new FeedForward(
        json.positive("intermediate_size"),
        activation(),
        json.flag("mlp_bias", false),
        type.has(Trait.FUSED_WEIGHTS));
  }

  private GateActivation activation() {
    String key = type.has(Trait.GEMMA) ? "hidden_activation" : "hidden_act";
    List<String> known = Arrays.stream(GateActivation.values()).map(GateActivation::text).toList();
    if (type.has(Trait.GEMMA)) {
      json.text(key);
    }
    json.only(key, known);
    return Arrays.stream(GateActivation.values())
        .filter(activation -> json.has(key) && activation.text().equals(json.text(key)))
        .findFirst()
        .orElse(GateActivation.SILU);
  }

  private Norms norms() {
    boolean gemma = type.has(Trait.GEMMA);
    return new Norms(
        json.positiveNumber("rms_norm_eps"),
        gemma ? NormWeight.PLUS_ONE : NormWeight.PLAIN,
        gemma ? NormPlacement.AROUND : NormPlacement.BEFORE,
        type.has(Trait.HEAD_NORMS));
  }

  private Embeddings embeddings() {
    boolean gemma = type.has(Trait.GEMMA);
    return new Embeddings(
        json.flag("tie_word_embeddings", gemma),
        gemma ? Math.sqrt(json.positive("hidden_size")) : 1,
        gemma ? logitCap() : OptionalDouble.empty());
  }

  private OptionalDouble logitCap() {
    String key = "final_logit_softcapping";
    return type.has(Trait.SCORE_CAP) || json.has(key)
        ? json.positiveNumberOrNull(key)
        : OptionalDouble.empty();
  }

  private void refuseWhatIsDifferent() {
    if (json.has("quantization_config")) {
      JsonNode found = json.root().get("quantization_config");
      throw json.wrong("quantization_config", found, "weights in f32, f16 or bf16");
    }
    json.only("use_bidirectional_attention", List.of("false"));
    if (!type.has(Trait.QUERY_BIAS) && !type.has(Trait.ATTENTION_BIAS_KEY)) {
      json.only("attention_bias", List.of("false"));
    }
    if (!type.has(Trait.MLP_BIAS_KEY)) {
      json.only("mlp_bias", List.of("false"));
    }
    if (!type.has(Trait.SCORE_CAP) && json.has("attn_logit_softcapping")) {
      JsonNode found = json.root().get("attn_logit_softcapping");
      throw json.wrong("attn_logit_softcapping", found, "null");
    }
  }
}
