package io.anyserve.worker.torch.model;

import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * The shape of a Qwen2-like decoder, as its {@code config.json} states it.
 *
 * <p>"Qwen2-like" is: pre-normalised layers with RMS norms, grouped-query attention with rotary
 * positions over the whole head, a gated SiLU feed-forward part, one output head.
 *
 * @param hidden width of the residual stream
 * @param feedForward width of the gated part
 * @param vocabulary rows of the embedding, at least the number of tokens
 * @param maxLength positions the model was trained for
 * @param normEpsilon added to the mean square in every norm
 * @param tiedHead whether the output head is the embedding itself
 */
public record ModelConfig(
    int hidden,
    int layers,
    Attention attention,
    int feedForward,
    int vocabulary,
    int maxLength,
    double normEpsilon,
    boolean tiedHead) {

  static final String FILE = "config.json";

  /**
   * The attention of every layer.
   *
   * @param heads query heads, a multiple of {@code kvHeads}
   * @param headSize numbers per head, even
   * @param bias whether query, key and value projections have one
   * @param ropeTheta base of the rotary angles
   */
  public record Attention(int heads, int kvHeads, int headSize, boolean bias, double ropeTheta) {

    public Attention {
      positive("heads", heads);
      positive("kvHeads", kvHeads);
      positive("headSize", headSize);
      require(heads % kvHeads == 0, "kvHeads", kvHeads, "a divisor of " + heads + " heads");
      require(headSize % 2 == 0, "headSize", headSize, "an even number");
      require(ropeTheta > 0, "ropeTheta", ropeTheta, "> 0");
    }
  }

  public ModelConfig {
    positive("hidden", hidden);
    positive("layers", layers);
    positive("feedForward", feedForward);
    positive("vocabulary", vocabulary);
    positive("maxLength", maxLength);
    require(normEpsilon > 0, "normEpsilon", normEpsilon, "> 0");
  }

  /** Qwen2.5-0.5B: 0.494 G parameters. */
  public static ModelConfig qwen2HalfBillion() {
    var attention = new Attention(14, 2, 64, true, 1e6);
    return new ModelConfig(896, 24, attention, 4864, 151936, 32768, 1e-6, true);
  }

  public static ModelConfig read(Path folder) {
    return of(JsonFile.read(folder.resolve(FILE)));
  }

  /** The same of a {@code config.json} that was read already. */
  public static ModelConfig of(JsonFile json) {
    refuseWhatIsDifferent(json);
    try {
      return new ModelConfig(
          json.positive("hidden_size"),
          json.positive("num_hidden_layers"),
          attention(json),
          json.positive("intermediate_size"),
          json.positive("vocab_size"),
          json.positive("max_position_embeddings"),
          json.positiveNumber("rms_norm_eps"),
          json.flag("tie_word_embeddings", false));
    } catch (IllegalArgumentException e) {
      throw new InvalidModelException(
          json.file(), String.valueOf(e.getMessage()), "a consistent shape", e);
    }
  }

  /** Widths of the fused query, key and value projection. */
  public int queryWidth() {
    return attention.heads() * attention.headSize();
  }

  int keyWidth() {
    return attention.kvHeads() * attention.headSize();
  }

  private static Attention attention(JsonFile json) {
    int heads = json.positive("num_attention_heads");
    int headSize = json.positive("head_dim", Math.max(1, json.positive("hidden_size") / heads));
    return new Attention(
        heads,
        json.positive("num_key_value_heads", heads),
        headSize,
        json.flag("attention_bias", json.text("model_type").equals("qwen2")),
        ropeTheta(json));
  }

  /** Older files have the base at the top, newer ones under {@code rope_parameters}. */
  private static double ropeTheta(JsonFile json) {
    if (json.has("rope_theta") || !json.has("rope_parameters")) {
      return json.positiveNumber("rope_theta");
    }
    JsonFile rope = json.object("rope_parameters");
    rope.only("rope_type", List.of("default"));
    return rope.positiveNumber("rope_theta");
  }

  private static void refuseWhatIsDifferent(JsonFile json) {
    ModelFamily.DECODER.require(json);
    json.only("hidden_act", List.of("silu"));
    json.only("use_sliding_window", List.of("false"));
    json.only("mlp_bias", List.of("false"));
    if (json.text("model_type").equals("llama")) {
      json.only("attention_bias", List.of("false"));
    }
    if (json.has("rope_scaling")) {
      refuseScaling(json, json.root().get("rope_scaling"));
    }
  }

  private static void refuseScaling(JsonFile json, JsonNode scaling) {
    String kind = scaling.path("rope_type").asString(scaling.path("type").asString(""));
    if (!kind.equals("default")) {
      throw json.wrong("rope_scaling", scaling, "null or the type default");
    }
  }

  private static void positive(String name, int value) {
    require(value >= 1, name, value, ">= 1");
  }

  private static void require(boolean holds, String name, Object value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
    }
  }
}
