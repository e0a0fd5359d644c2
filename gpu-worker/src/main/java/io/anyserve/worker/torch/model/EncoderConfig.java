package io.anyserve.worker.torch.model;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * The shape of a BERT encoder, as its {@code config.json} states it: learned positions, layers
 * normalised behind each part, attention in both directions, a feed-forward part without a gate.
 *
 * @param hidden width of the residual stream, a multiple of {@code heads}
 * @param feedForward width of the feed-forward part
 * @param normEpsilon added to the variance in every norm
 * @param scoresPairs it has a head that scores two texts, and no vectors of texts
 */
public record EncoderConfig(
    int hidden,
    int layers,
    int heads,
    int feedForward,
    Embedding embedding,
    double normEpsilon,
    Activation activation,
    boolean scoresPairs) {

  private static final String PAIRS = "BertForSequenceClassification";

  private static final List<String> ARCHITECTURES =
      List.of("BertModel", "BertForMaskedLM", "BertForPreTraining", PAIRS);

  /**
   * The tables whose rows are added up for each token.
   *
   * @param vocabulary rows by token, at least the number of tokens
   * @param positions rows by place in the text: the most tokens of one
   * @param types rows by segment; single texts use the first
   */
  public record Embedding(int vocabulary, int positions, int types) {

    public Embedding {
      positive("vocabulary", vocabulary);
      positive("positions", positions);
      positive("types", types);
    }
  }

  /** The function between the two linear layers of the feed-forward part. */
  public enum Activation {
    /** By the error function. */
    GELU,
    /** By the hyperbolic tangent. */
    GELU_TANH,
    RELU,
    SILU;

    private List<String> names() {
      return switch (this) {
        case GELU -> List.of("gelu");
        case GELU_TANH -> List.of("gelu_new", "gelu_pytorch_tanh");
        case RELU -> List.of("relu");
        case SILU -> List.of("silu", "swish");
      };
    }

    private static Activation of(JsonFile json) {
      List<String> known =
          Arrays.stream(values()).flatMap(activation -> activation.names().stream()).toList();
      JsonNode name =
          json.required("hidden_act", node -> known.contains(node.asString("")), "one of " + known);
      return Arrays.stream(values())
          .filter(activation -> activation.names().contains(name.stringValue()))
          .findFirst()
          .orElseThrow();
    }
  }

  public EncoderConfig {
    positive("hidden", hidden);
    positive("layers", layers);
    positive("heads", heads);
    positive("feedForward", feedForward);
    require(hidden % heads == 0, "heads", heads, "a divisor of the width " + hidden);
    require(normEpsilon > 0, "normEpsilon", normEpsilon, "> 0");
  }

  /** Of a model that makes vectors. */
  public EncoderConfig(
      int hidden,
      int layers,
      int heads,
      int feedForward,
      Embedding embedding,
      double normEpsilon,
      Activation activation) {
    this(hidden, layers, heads, feedForward, embedding, normEpsilon, activation, false);
  }

  /** Numbers that a text, or a pair of texts, becomes. */
  public int outputs() {
    return scoresPairs ? 1 : hidden;
  }

  /** Reads and checks {@code config.json}. */
  public static EncoderConfig read(Path folder) {
    JsonFile json = JsonFile.read(folder.resolve(ModelConfig.FILE));
    refuseWhatIsDifferent(json);
    try {
      return new EncoderConfig(
          json.positive("hidden_size"),
          json.positive("num_hidden_layers"),
          json.positive("num_attention_heads"),
          json.positive("intermediate_size"),
          new Embedding(
              json.positive("vocab_size"),
              json.positive("max_position_embeddings"),
              json.positive("type_vocab_size")),
          json.positiveNumber("layer_norm_eps"),
          Activation.of(json),
          scoresPairs(json));
    } catch (IllegalArgumentException e) {
      throw new InvalidModelException(
          json.file(), String.valueOf(e.getMessage()), "a consistent shape", e);
    }
  }

  /** Numbers per attention head. */
  public int headSize() {
    return hidden / heads;
  }

  /** One label is a score; several are classes, of which texts have one. */
  private static boolean scoresPairs(JsonFile json) {
    if (!json.has("architectures")
        || !json.root().path("architectures").path(0).asString("").equals(PAIRS)) {
      return false;
    }
    json.required("id2label", labels -> labels.size() == 1, "one label, the relevance");
    if (json.positive("type_vocab_size") < 2) {
      throw json.wrong(
          "type_vocab_size", json.root().get("type_vocab_size"), "at least 2, for pairs");
    }
    return true;
  }

  private static void refuseWhatIsDifferent(JsonFile json) {
    ModelFamily.ENCODER.require(json);
    if (json.has("architectures")) {
      json.required(
          "architectures",
          node -> ARCHITECTURES.contains(node.path(0).asString("")),
          "one of " + ARCHITECTURES);
    }
    json.only("position_embedding_type", List.of("absolute"));
    json.only("is_decoder", List.of("false"));
    json.only("add_cross_attention", List.of("false"));
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
