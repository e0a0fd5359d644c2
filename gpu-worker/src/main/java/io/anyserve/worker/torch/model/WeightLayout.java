package io.anyserve.worker.torch.model;

import java.util.ArrayList;
import java.util.List;

/** The names and shapes of a decoder's weights, in the groups that its module takes fused. */
public record WeightLayout(ModelConfig config) {

  private static final String EMBEDDING = "model.embed_tokens.weight";

  public TensorSpec embedding() {
    return TensorSpec.of(EMBEDDING, config.vocabulary(), config.hidden());
  }

  public TensorSpec head() {
    return TensorSpec.of(
        config.tiedHead() ? EMBEDDING : "lm_head.weight", config.vocabulary(), config.hidden());
  }

  public TensorSpec lastNorm() {
    return TensorSpec.of("model.norm.weight", config.hidden());
  }

  /** Four groups: query, key and value; attention output; gate and up; down. */
  public List<List<TensorSpec>> linears(int layer) {
    int hidden = config.hidden();
    return List.of(
        List.of(
            weight(layer, "self_attn.q_proj", config.queryWidth(), hidden),
            weight(layer, "self_attn.k_proj", config.keyWidth(), hidden),
            weight(layer, "self_attn.v_proj", config.keyWidth(), hidden)),
        List.of(weight(layer, "self_attn.o_proj", hidden, config.queryWidth())),
        List.of(
            weight(layer, "mlp.gate_proj", config.feedForward(), hidden),
            weight(layer, "mlp.up_proj", config.feedForward(), hidden)),
        List.of(weight(layer, "mlp.down_proj", hidden, config.feedForward())));
  }

  /** Input norm, post-attention norm and, where the model has it, the bias of the first group. */
  public List<List<TensorSpec>> norms(int layer) {
    List<List<TensorSpec>> norms = new ArrayList<>();
    norms.add(List.of(weight(layer, "input_layernorm", config.hidden())));
    norms.add(List.of(weight(layer, "post_attention_layernorm", config.hidden())));
    if (config.attention().bias()) {
      norms.add(
          List.of(
              bias(layer, "self_attn.q_proj", config.queryWidth()),
              bias(layer, "self_attn.k_proj", config.keyWidth()),
              bias(layer, "self_attn.v_proj", config.keyWidth())));
    }
    return norms;
  }

  public List<TensorSpec> all() {
    List<TensorSpec> all = new ArrayList<>();
    all.add(embedding());
    for (int layer = 0; layer < config.layers(); layer++) {
      norms(layer).forEach(all::addAll);
      linears(layer).forEach(all::addAll);
    }
    all.add(lastNorm());
    if (!config.tiedHead()) {
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
