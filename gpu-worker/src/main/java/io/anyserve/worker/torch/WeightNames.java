package io.anyserve.worker.torch;

import java.util.ArrayList;
import java.util.List;

/** The names and shapes of a decoder's weights, in the groups that its module takes fused. */
record WeightNames(ModelConfig config) {

  private static final String EMBEDDING = "model.embed_tokens.weight";

  TensorName embedding() {
    return TensorName.of(EMBEDDING, config.vocabulary(), config.hidden());
  }

  TensorName head() {
    return TensorName.of(
        config.tiedHead() ? EMBEDDING : "lm_head.weight", config.vocabulary(), config.hidden());
  }

  TensorName lastNorm() {
    return TensorName.of("model.norm.weight", config.hidden());
  }

  /** Four groups: query, key and value; attention output; gate and up; down. */
  List<List<TensorName>> linears(int layer) {
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
  List<List<TensorName>> norms(int layer) {
    List<List<TensorName>> norms = new ArrayList<>();
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

  List<TensorName> all() {
    List<TensorName> all = new ArrayList<>();
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

  private static TensorName weight(int layer, String part, int... shape) {
    return TensorName.of("model.layers." + layer + "." + part + ".weight", shape);
  }

  private static TensorName bias(int layer, String part, int width) {
    return TensorName.of("model.layers." + layer + "." + part + ".bias", width);
  }
}
