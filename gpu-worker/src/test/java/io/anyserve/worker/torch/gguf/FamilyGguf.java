package io.anyserve.worker.torch.gguf;

import io.anyserve.worker.torch.model.Checkpoint;
import io.anyserve.worker.torch.model.ModelConfig;
import io.anyserve.worker.torch.model.StoredTensor;
import io.anyserve.worker.torch.model.TensorSpec;
import io.anyserve.worker.torch.model.WeightLayout;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Turns the small checkpoints of all families into GGUF files, as llama.cpp's converter does. */
public final class FamilyGguf {

  private final JsonNode config;
  private final GgufArchitecture architecture;
  private final GgufWriter writer;

  private FamilyGguf(JsonNode config) {
    this.config = config;
    String type = config.path("model_type").stringValue();
    this.architecture =
        switch (type) {
          case "qwen3" -> GgufArchitecture.QWEN3;
          case "qwen2" -> GgufArchitecture.QWEN2;
          case "phi3" -> GgufArchitecture.PHI3;
          case "gemma2" -> GgufArchitecture.GEMMA2;
          case "gemma3_text" -> GgufArchitecture.GEMMA3;
          default -> GgufArchitecture.LLAMA;
        };
    this.writer = new GgufWriter().put("general.architecture", architecture.text());
  }

  public static void write(JsonNode config, ModelConfig shape, Path folder, Path file)
      throws IOException {
    var family = new FamilyGguf(config);
    family.metadata();
    family.scaling();
    family.tensors(shape, folder);
    TinyGguf.tokenizer(family.writer).put("tokenizer.ggml.eos_token_id", 2).write(file);
  }

  private void metadata() {
    integer("embedding_length", "hidden_size");
    integer("block_count", "num_hidden_layers");
    integer("feed_forward_length", "intermediate_size");
    integer("context_length", "max_position_embeddings");
    integer("attention.head_count", "num_attention_heads");
    integer("attention.head_count_kv", "num_key_value_heads");
    integer("attention.key_length", "head_dim");
    integer("attention.value_length", "head_dim");
    integer("attention.sliding_window", "sliding_window");
    number("attention.layer_norm_rms_epsilon", "rms_norm_eps");
    number("rope.freq_base", "rope_theta");
    number("attn_logit_softcapping", "attn_logit_softcapping");
    number("final_logit_softcapping", "final_logit_softcapping");
  }

  private void scaling() {
    JsonNode scaling = config.path("rope_scaling");
    String kind = scaling.path("rope_type").asString(scaling.path("type").asString("none"));
    writer.put(key("rope.scaling.type"), kind);
    if (scaling.has("factor")) {
      writer.put(key("rope.scaling.factor"), scaling.path("factor").floatValue());
    }
    JsonNode trained =
        scaling.has("original_max_position_embeddings")
            ? scaling.path("original_max_position_embeddings")
            : config.path("original_max_position_embeddings");
    if (trained.isInt()) {
      writer.put(key("rope.scaling.original_context_length"), trained.intValue());
    }
    if (scaling.has("long_factor")) {
      int turned = 2 * scaling.path("long_factor").size();
      writer.put(key("rope.dimension_count"), turned);
      factors("rope_factors_long.weight", scaling.path("long_factor"));
      factors("rope_factors_short.weight", scaling.path("short_factor"));
    }
  }

  private void factors(String name, JsonNode list) {
    float[] values = new float[list.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = list.path(i).floatValue();
    }
    writer.tensor(name, values, values.length);
  }

  private void tensors(ModelConfig shape, Path folder) {
    var names = new GgufNames(architecture);
    Set<String> written = new HashSet<>();
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      for (TensorSpec spec : new WeightLayout(shape).all()) {
        if (written.add(spec.name())) {
          float[] values = values(checkpoint.tensor(spec));
          writer.tensor(names.stored(spec.name()), stored(spec, shape, values), spec.dimensions());
        }
      }
    }
  }

  private float[] stored(TensorSpec spec, ModelConfig shape, float[] values) {
    float[] stored = values.clone();
    if (architecture.isGemma() && spec.name().endsWith("norm.weight")) {
      for (int i = 0; i < stored.length; i++) {
        stored[i] += 1;
      }
    }
    boolean turned = spec.name().contains("q_proj") || spec.name().contains("k_proj");
    if (turned && architecture == GgufArchitecture.LLAMA) {
      int rows = spec.shape().getFirst().intValue();
      int width = values.length / rows;
      int head = shape.attention().headSize();
      for (int row = 0; row < rows; row++) {
        int inHead = row % head;
        int place = row - inHead + (inHead < head / 2 ? 2 * inHead : 2 * (inHead - head / 2) + 1);
        System.arraycopy(values, row * width, stored, place * width, width);
      }
    }
    return stored;
  }

  private static float[] values(StoredTensor.Mapped tensor) {
    float[] values = new float[tensor.data().remaining() / tensor.type().bytes()];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (tensor.type()) {
            case F32 -> tensor.data().getFloat(4 * i);
            case F16 -> Float.float16ToFloat(tensor.data().getShort(2 * i));
            case BF16 -> Float.intBitsToFloat(tensor.data().getShort(2 * i) << 16);
          };
    }
    return values;
  }

  private void integer(String key, String name) {
    if (config.path(name).isInt()) {
      writer.put(key(key), config.path(name).intValue());
    }
  }

  private void number(String key, String name) {
    if (config.path(name).isNumber()) {
      writer.put(key(key), config.path(name).floatValue());
    }
  }

  private String key(String name) {
    return architecture.text() + "." + name;
  }
}
