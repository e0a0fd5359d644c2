package io.anyserve.worker.torch.gguf;

import io.anyserve.worker.torch.model.InvalidModelException;
import io.anyserve.worker.torch.model.JsonFile;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Makes the {@code config.json} that a model has in Hugging Face's form of the metadata. */
final class GgufConfig {

  private static final double USUAL_THETA = 10_000;

  /** Layers of the two models of Gemma that scale their scores by the width, not by the head. */
  private static final List<Integer> SCALED_BY_WIDTH = List.of(46, 62);

  private final GgufFile file;
  private final GgufMetadata metadata;
  private final GgufArchitecture architecture;
  private final GgufShape shape;
  private final ObjectNode json = JsonMapper.shared().createObjectNode();

  private GgufConfig(GgufFile file) {
    this.file = file;
    this.metadata = file.metadata();
    this.architecture = GgufArchitecture.of(metadata);
    this.shape = GgufShape.of(metadata, architecture);
  }

  static JsonFile of(GgufFile file) {
    var config = new GgufConfig(file);
    config.fill();
    return new JsonFile(file.path(), config.json);
  }

  private void fill() {
    json.put("model_type", architecture.modelType());
    json.put("hidden_size", shape.hidden());
    json.put("num_hidden_layers", shape.layers());
    json.put("num_attention_heads", shape.heads());
    json.put("num_key_value_heads", shape.kvHeads());
    json.put("head_dim", shape.headSize());
    json.put("intermediate_size", shape.feedForward());
    json.put("max_position_embeddings", metadata.positive(key("context_length")));
    json.put("rms_norm_eps", metadata.positiveNumber(key("attention.layer_norm_rms_epsilon")));
    json.put("rope_theta", metadata.positiveNumber(key("rope.freq_base"), USUAL_THETA));
    json.put("vocab_size", vocabulary());
    json.put("tie_word_embeddings", file.tensor(GgufNames.HEAD).isEmpty());
    refuseMissingLayers();
    refuseExperts();
    new GgufRope(file, architecture, shape).addTo(json);
    switch (architecture) {
      case LLAMA -> llama();
      case QWEN2, QWEN3 -> qwen();
      case PHI3 -> phi();
      case GEMMA2 -> gemma2();
      case GEMMA3 -> gemma3();
    }
    GgufEndTokens.of(metadata).addTo(json);
  }

  /** Rows of the embedding, which may be more than there are tokens. */
  private int vocabulary() {
    GgufTensor embedding =
        file.tensor(GgufNames.EMBEDDING)
            .orElseThrow(
                () ->
                    new InvalidModelException(
                        file.path(), GgufNames.EMBEDDING + ": missing", "the embedding"));
    if (embedding.rows() > Integer.MAX_VALUE) {
      throw new InvalidModelException(
          file.path(), GgufNames.EMBEDDING + ": " + embedding.rows() + " rows", "fewer rows");
    }
    return (int) embedding.rows();
  }

  /** Before anything is made for each of the layers that the file only claims to have. */
  private void refuseMissingLayers() {
    String last = "blk." + (shape.layers() - 1) + ".attn_norm.weight";
    if (file.tensor(last).isEmpty()) {
      throw metadata.wrong(
          key("block_count"), shape.layers() + ", but no " + last, "the layers that are there");
    }
  }

  private void refuseExperts() {
    String experts = key("expert_count");
    if (metadata.has(experts) && metadata.integer(experts, 0) > 0) {
      throw metadata.wrong(
          experts, Integer.toString(metadata.integer(experts, 0)), "0: no mixture of experts");
    }
  }

  private void llama() {
    qwen();
    json.put("mlp_bias", file.tensor("blk.0.ffn_gate.bias").isPresent());
  }

  private void qwen() {
    json.put("hidden_act", "silu");
    json.put("attention_bias", file.tensor("blk.0.attn_q.bias").isPresent());
  }

  private void phi() {
    json.put("hidden_act", "silu");
    slidingWindow();
  }

  private void gemma2() {
    gemma();
    json.put("attn_logit_softcapping", metadata.positiveNumber(key("attn_logit_softcapping")));
    json.put("final_logit_softcapping", metadata.positiveNumber(key("final_logit_softcapping")));
    layerTypes(2);
  }

  private void gemma3() {
    gemma();
    json.putNull("final_logit_softcapping");
    if (metadata.has(key("final_logit_softcapping"))) {
      json.put("final_logit_softcapping", metadata.positiveNumber(key("final_logit_softcapping")));
    }
    json.put(
        "rope_local_base_freq", metadata.positiveNumber(key("rope.freq_base_swa"), USUAL_THETA));
    json.put("sliding_window_pattern", 6);
    layerTypes(6);
  }

  private void gemma() {
    json.put("hidden_act", "gelu_pytorch_tanh");
    json.put("hidden_activation", "gelu_pytorch_tanh");
    json.put(
        "query_pre_attn_scalar",
        SCALED_BY_WIDTH.contains(shape.layers())
            ? shape.hidden() / shape.heads()
            : shape.headSize());
    slidingWindow();
  }

  /** 0 stands for none. */
  private void slidingWindow() {
    String window = key("attention.sliding_window");
    json.putNull("sliding_window");
    if (metadata.has(window) && metadata.integer(window, 0) > 0) {
      json.put("sliding_window", metadata.integer(window, 0));
    }
  }

  /** The last layer of each period sees the whole text, the others what is in the window. */
  private void layerTypes(int period) {
    ArrayNode types = json.putArray("layer_types");
    for (int layer = 1; layer <= shape.layers(); layer++) {
      types.add(layer % period == 0 ? "full_attention" : "sliding_attention");
    }
  }

  private String key(String name) {
    return architecture.text() + "." + name;
  }
}
