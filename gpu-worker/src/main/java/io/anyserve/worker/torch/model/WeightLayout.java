package io.anyserve.worker.torch.model;

import io.anyserve.worker.torch.model.ModelConfig.NormPlacement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The names and shapes of a decoder's weights, in the groups that its module takes fused. */
public record WeightLayout(ModelConfig config) {

  private static final String EMBEDDING = "model.embed_tokens.weight";

  /** The vectors that a layer may have: the weights of its norms, and its biases. */
  public enum LayerVector {
    INPUT_NORM,
    POST_ATTENTION_NORM,
    PRE_FEED_FORWARD_NORM,
    POST_FEED_FORWARD_NORM,
    QUERY_NORM,
    KEY_NORM,
    QKV_BIAS,
    OUTPUT_BIAS,
    GATE_UP_BIAS,
    DOWN_BIAS;

    /** Whether it is the weight of a norm. */
    public boolean norm() {
      return switch (this) {
        case INPUT_NORM,
            POST_ATTENTION_NORM,
            PRE_FEED_FORWARD_NORM,
            POST_FEED_FORWARD_NORM,
            QUERY_NORM,
            KEY_NORM ->
            true;
        case QKV_BIAS, OUTPUT_BIAS, GATE_UP_BIAS, DOWN_BIAS -> false;
      };
    }
  }

  public TensorSpec embedding() {
    return TensorSpec.of(EMBEDDING, config.vocabulary(), config.hidden());
  }

  public TensorSpec head() {
    return TensorSpec.of(
        config.embeddings().tiedHead() ? EMBEDDING : "lm_head.weight",
        config.vocabulary(),
        config.hidden());
  }

  public TensorSpec lastNorm() {
    return TensorSpec.of("model.norm.weight", config.hidden());
  }

  /** Four groups: query, key and value; attention output; gate and up; down. */
  public List<List<TensorSpec>> linears(int layer) {
    int hidden = config.hidden();
    return List.of(
        queryKeyValue(layer),
        List.of(weight(layer, "self_attn.o_proj", hidden, config.queryWidth())),
        gateUp(layer),
        List.of(weight(layer, "mlp.down_proj", hidden, config.feedForward().width())));
  }

  private List<TensorSpec> queryKeyValue(int layer) {
    int hidden = config.hidden();
    int query = config.queryWidth();
    int key = config.keyWidth();
    return config.attention().projection().fused()
        ? List.of(weight(layer, "self_attn.qkv_proj", query + 2 * key, hidden))
        : List.of(
            weight(layer, "self_attn.q_proj", query, hidden),
            weight(layer, "self_attn.k_proj", key, hidden),
            weight(layer, "self_attn.v_proj", key, hidden));
  }

  private List<TensorSpec> gateUp(int layer) {
    int width = config.feedForward().width();
    return config.feedForward().fused()
        ? List.of(weight(layer, "mlp.gate_up_proj", 2 * width, config.hidden()))
        : List.of(
            weight(layer, "mlp.gate_proj", width, config.hidden()),
            weight(layer, "mlp.up_proj", width, config.hidden()));
  }

  /** Those that the layers of this model have, in the order in which its module takes them. */
  public List<LayerVector> vectors() {
    return Arrays.stream(LayerVector.values()).filter(this::has).toList();
  }

  private boolean has(LayerVector vector) {
    return switch (vector) {
      case INPUT_NORM, POST_ATTENTION_NORM -> true;
      case PRE_FEED_FORWARD_NORM, POST_FEED_FORWARD_NORM ->
          config.norms().placement() == NormPlacement.AROUND;
      case QUERY_NORM, KEY_NORM -> config.norms().heads();
      case QKV_BIAS -> config.attention().projection().bias();
      case OUTPUT_BIAS -> config.attention().projection().outputBias();
      case GATE_UP_BIAS, DOWN_BIAS -> config.feedForward().bias();
    };
  }

  /** The parts of a layer's vector. */
  public List<TensorSpec> vector(int layer, LayerVector vector) {
    int hidden = config.hidden();
    int headSize = config.attention().headSize();
    return switch (vector) {
      case INPUT_NORM -> List.of(weight(layer, "input_layernorm", hidden));
      case POST_ATTENTION_NORM -> List.of(weight(layer, "post_attention_layernorm", hidden));
      case PRE_FEED_FORWARD_NORM -> List.of(weight(layer, "pre_feedforward_layernorm", hidden));
      case POST_FEED_FORWARD_NORM -> List.of(weight(layer, "post_feedforward_layernorm", hidden));
      case QUERY_NORM -> List.of(weight(layer, "self_attn.q_norm", headSize));
      case KEY_NORM -> List.of(weight(layer, "self_attn.k_norm", headSize));
      case QKV_BIAS ->
          List.of(
              bias(layer, "self_attn.q_proj", config.queryWidth()),
              bias(layer, "self_attn.k_proj", config.keyWidth()),
              bias(layer, "self_attn.v_proj", config.keyWidth()));
      case OUTPUT_BIAS -> List.of(bias(layer, "self_attn.o_proj", hidden));
      case GATE_UP_BIAS ->
          List.of(
              bias(layer, "mlp.gate_proj", config.feedForward().width()),
              bias(layer, "mlp.up_proj", config.feedForward().width()));
      case DOWN_BIAS -> List.of(bias(layer, "mlp.down_proj", hidden));
    };
  }

  public List<TensorSpec> all() {
    List<TensorSpec> all = new ArrayList<>();
    all.add(embedding());
    for (int layer = 0; layer < config.layers(); layer++) {
      for (LayerVector vector : vectors()) {
        all.addAll(vector(layer, vector));
      }
      linears(layer).forEach(all::addAll);
    }
    all.add(lastNorm());
    if (!config.embeddings().tiedHead()) {
      all.add(head());
    }
    return all;
  }

  private static TensorSpec weight(int layer, String part, int... shape) {
    return TensorSpec.of("model.layers." + layer + "." + part + ".weight", shape);
  }

  private static TensorSpec bias(int layer, String part, int width) {
    return TensorSpec.of("model.layers." + layer + "." + part + ".bias", width);
  }
}
