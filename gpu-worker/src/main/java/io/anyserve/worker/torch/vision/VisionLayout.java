package io.anyserve.worker.torch.vision;

import io.anyserve.worker.torch.model.TensorSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * The names and shapes of the weights of a tower and its connector, in the groups of its module.
 */
record VisionLayout(VisionConfig config) {

  private static final String TOWER = "model.vision_model.";

  /** Each patch becomes a vector; a convolution whose steps do not overlap. */
  TensorSpec patches() {
    int patch = config.tower().patch();
    return TensorSpec.of(
        TOWER + "embeddings.patch_embedding.weight", hidden(), Bitmap.CHANNELS, patch, patch);
  }

  TensorSpec patchBias() {
    return TensorSpec.of(TOWER + "embeddings.patch_embedding.bias", hidden());
  }

  /** A row for each patch of a tile. */
  TensorSpec positions() {
    int side = config.tower().side();
    return TensorSpec.of(TOWER + "embeddings.position_embedding.weight", side * side, hidden());
  }

  /** Four groups: query, key and value; attention output; into the feed-forward part; out of it. */
  List<List<TensorSpec>> linears(int layer) {
    int feed = config.tower().feedForward();
    return List.of(
        List.of(
            weight(layer, "self_attn.q_proj", hidden(), hidden()),
            weight(layer, "self_attn.k_proj", hidden(), hidden()),
            weight(layer, "self_attn.v_proj", hidden(), hidden())),
        List.of(weight(layer, "self_attn.out_proj", hidden(), hidden())),
        List.of(weight(layer, "mlp.fc1", feed, hidden())),
        List.of(weight(layer, "mlp.fc2", hidden(), feed)));
  }

  /** The biases of the four, then factors and offsets of both norms. */
  List<List<TensorSpec>> vectors(int layer) {
    return List.of(
        List.of(
            bias(layer, "self_attn.q_proj", hidden()),
            bias(layer, "self_attn.k_proj", hidden()),
            bias(layer, "self_attn.v_proj", hidden())),
        List.of(bias(layer, "self_attn.out_proj", hidden())),
        List.of(bias(layer, "mlp.fc1", config.tower().feedForward())),
        List.of(bias(layer, "mlp.fc2", hidden())),
        List.of(weight(layer, "layer_norm1", hidden())),
        List.of(bias(layer, "layer_norm1", hidden())),
        List.of(weight(layer, "layer_norm2", hidden())),
        List.of(bias(layer, "layer_norm2", hidden())));
  }

  /** Factors and offsets. */
  List<List<TensorSpec>> lastNorm() {
    return List.of(
        List.of(TensorSpec.of(TOWER + "post_layernorm.weight", hidden())),
        List.of(TensorSpec.of(TOWER + "post_layernorm.bias", hidden())));
  }

  TensorSpec connector() {
    return TensorSpec.of(
        "model.connector.modality_projection.proj.weight",
        config.textHidden(),
        hidden() * config.scale() * config.scale());
  }

  List<TensorSpec> all() {
    List<TensorSpec> all = new ArrayList<>(List.of(patches(), patchBias(), positions()));
    for (int layer = 0; layer < config.tower().layers(); layer++) {
      linears(layer).forEach(all::addAll);
      vectors(layer).forEach(all::addAll);
    }
    lastNorm().forEach(all::addAll);
    all.add(connector());
    return all;
  }

  private int hidden() {
    return config.tower().hidden();
  }

  private static TensorSpec weight(int layer, String part, int... shape) {
    return TensorSpec.of(TOWER + "encoder.layers." + layer + "." + part + ".weight", shape);
  }

  private static TensorSpec bias(int layer, String part, int width) {
    return TensorSpec.of(TOWER + "encoder.layers." + layer + "." + part + ".bias", width);
  }
}
