package io.anyserve.worker.torch;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.worker.torch.model.ModelConfig;
import io.anyserve.worker.torch.model.Rope;
import io.anyserve.worker.torch.model.TensorSpec;
import io.anyserve.worker.torch.model.WeightLayout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Writes a small model folder: random bf16 weights and a byte-level tokenizer without training. */
public final class TinyModel {

  public static final int END_OF_TEXT = 259;
  public static final int START = 260;
  public static final int END = 261;
  public static final ModelConfig CONFIG =
      ModelConfig.plain(
          new ModelConfig.Size(64, 2, 264, 256),
          ModelConfig.Attention.plain(
              4, 2, 16, true, ModelConfig.Positions.full(2, Rope.plain(10000, 16))),
          128);

  private static final String CONFIG_JSON =
      """
      {"architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "hidden_act": "silu",
       "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
       "num_key_value_heads": 2, "head_dim": 16, "intermediate_size": 128, "vocab_size": 264,
       "max_position_embeddings": 256, "rms_norm_eps": 1e-06, "rope_theta": 10000.0,
       "tie_word_embeddings": true, "use_sliding_window": false, "rope_scaling": null,
       "eos_token_id": 259}
      """;

  /** Turns Gaussian numbers into weights. */
  private interface Spread {
    float of(float gaussian);
  }

  private TinyModel() {}

  /** The folder, complete and valid. */
  public static Path write(Path folder) throws IOException {
    return write(folder, safetensors(new WeightLayout(CONFIG).all(), 1));
  }

  /** The same with weights of 0.15 or -0.15: all are the largest of their row. */
  static Path writeExtreme(Path folder) throws IOException {
    return write(
        folder,
        safetensors(new WeightLayout(CONFIG).all(), 2, value -> Math.copySign(0.15f, value)));
  }

  private static Path write(Path folder, byte[] weights) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("config.json"), CONFIG_JSON);
    Files.writeString(folder.resolve("generation_config.json"), "{\"eos_token_id\": [261, 259]}");
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        """
        {"chat_template": "{{ messages[0].content }}", "eos_token": {"content": "<|im_end|>"},
         "bos_token": null}
        """);
    Files.writeString(folder.resolve("tokenizer.json"), tokenizerJson());
    Files.write(folder.resolve("model.safetensors"), weights);
    return folder;
  }

  /** A safetensors file of random bf16 tensors; norms near 1. */
  public static byte[] safetensors(List<TensorSpec> names, long seed) {
    return safetensors(names, seed, value -> value * 0.15f);
  }

  private static byte[] safetensors(List<TensorSpec> names, long seed, Spread spread) {
    var random = new Random(seed);
    var data = ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
    List<String> entries = new ArrayList<>();
    for (TensorSpec name : names) {
      int start = data.position();
      long size = name.shape().stream().reduce(1L, (a, b) -> a * b);
      float centre = name.name().contains("norm") ? 1 : 0;
      for (long i = 0; i < size; i++) {
        float value = centre + spread.of((float) random.nextGaussian());
        data.putShort((short) (Float.floatToIntBits(value) >>> 16));
      }
      entries.add(
          "\"%s\":{\"dtype\":\"BF16\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
              .formatted(name.name(), name.shape(), start, data.position()));
    }
    return file("{" + String.join(",", entries) + "}", data.flip());
  }

  public static byte[] file(String header, ByteBuffer data) {
    byte[] json = header.getBytes(UTF_8);
    return ByteBuffer.allocate(8 + json.length + data.remaining())
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(json.length)
        .put(json)
        .put(data)
        .array();
  }

  private static String tokenizerJson() {
    List<String> vocabulary = new ArrayList<>();
    int others = 0;
    for (int b = 0; b < 256; b++) {
      boolean printable = (b > 32 && b < 127) || (b > 160 && b < 173) || b > 173;
      int symbol = printable ? b : 256 + others++;
      vocabulary.add("\"\\u%04x\": %d".formatted(symbol, b));
    }
    vocabulary.add("\"th\": 256, \"the\": 257, \"Ġthe\": 258");
    String added =
        "{\"id\": %d, \"content\": \"%s\", \"single_word\": false, \"lstrip\": false,"
            + " \"rstrip\": false, \"normalized\": false, \"special\": true}";
    String special =
        String.join(
            ",",
            added.formatted(END_OF_TEXT, "<|endoftext|>"),
            added.formatted(START, "<|im_start|>"),
            added.formatted(END, "<|im_end|>"));
    return """
      {"version": "1.0", "truncation": null, "padding": null,
       "added_tokens": [%s], "normalizer": {"type": "NFC"},
       "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false,
         "use_regex": true},
       "post_processor": null,
       "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true,
         "use_regex": true},
       "model": {"type": "BPE", "dropout": null, "unk_token": null,
         "continuing_subword_prefix": "", "end_of_word_suffix": "", "fuse_unk": false,
         "byte_fallback": false, "vocab": {%s}, "merges": ["t h", "th e", "Ġ the"]}}
      """
        .formatted(special, String.join(",", vocabulary));
  }
}
