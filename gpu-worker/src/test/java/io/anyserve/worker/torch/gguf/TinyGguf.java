package io.anyserve.worker.torch.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.worker.torch.model.Checkpoint;
import io.anyserve.worker.torch.model.ModelConfig;
import io.anyserve.worker.torch.model.StoredTensor;
import io.anyserve.worker.torch.model.TensorSpec;
import io.anyserve.worker.torch.model.WeightLayout;
import io.anyserve.worker.torch.text.ByteSymbols;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Turns the folder that TinyModel makes into a GGUF file, as llama.cpp's converter does. */
public final class TinyGguf {

  private static final int BLOCK = 32;
  private static final int HIDDEN = 64;
  private static final int HEAD = 16;

  private TinyGguf() {}

  /** As a file of that architecture, with the matrices in one of F32, BF16 and Q8_0. */
  public static byte[] of(Path folder, String architecture, String type) {
    return writer(folder, architecture, BlockType.valueOf(type)).bytes();
  }

  static GgufWriter writer(Path folder, String architecture, BlockType type) {
    ModelConfig config = ModelConfig.read(folder);
    GgufWriter writer = metadata(architecture);
    var names = new GgufNames(GgufArchitecture.valueOf(architecture.toUpperCase(Locale.ROOT)));
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      for (TensorSpec spec : new WeightLayout(config).all()) {
        float[] values = floats(checkpoint.tensor(spec));
        boolean turned = spec.name().contains("q_proj") || spec.name().contains("k_proj");
        if (turned && architecture.equals("llama")) {
          values = paired(values);
        }
        long[] shape = spec.dimensions();
        if (shape.length == 1) {
          writer.tensor(names.stored(spec.name()), values, shape);
        } else {
          writer.tensor(names.stored(spec.name()), id(type), bytes(values, type), shape);
        }
      }
    }
    return writer;
  }

  /** Without tensors. */
  static GgufWriter metadata(String architecture) {
    String prefix = architecture + ".";
    GgufWriter writer =
        new GgufWriter()
            .put("general.architecture", architecture)
            .put("general.name", "tiny")
            .put(prefix + "block_count", 2)
            .put(prefix + "context_length", 256)
            .put(prefix + "embedding_length", HIDDEN)
            .put(prefix + "feed_forward_length", 128)
            .put(prefix + "attention.head_count", 4)
            .put(prefix + "attention.head_count_kv", 2)
            .put(prefix + "attention.layer_norm_rms_epsilon", 1e-6f)
            .put(prefix + "rope.freq_base", 10000f);
    return tokenizer(writer);
  }

  /** All bytes, three words, three special tokens. */
  static List<String> tokens() {
    List<String> tokens = new ArrayList<>();
    for (int b = 0; b < 256; b++) {
      tokens.add(ByteSymbols.of(new byte[] {(byte) b}));
    }
    tokens.addAll(List.of("th", "the", "Ġthe", "<|endoftext|>", "<|im_start|>", "<|im_end|>"));
    return tokens;
  }

  static GgufWriter tokenizer(GgufWriter writer) {
    List<String> tokens = tokens();
    int[] types = new int[tokens.size()];
    for (int id = 0; id < types.length; id++) {
      types[id] = tokens.get(id).startsWith("<|") ? 3 : 1;
    }
    return writer
        .put("tokenizer.ggml.model", "gpt2")
        .put("tokenizer.ggml.pre", "gpt-2")
        .strings("tokenizer.ggml.tokens", tokens)
        .integers("tokenizer.ggml.token_type", types)
        .strings("tokenizer.ggml.merges", List.of("t h", "th e", "Ġ the"))
        .put("tokenizer.ggml.eos_token_id", 261)
        .put("tokenizer.chat_template", "{{ messages[0].content }}");
  }

  private static float[] floats(StoredTensor.Mapped stored) {
    assertEquals(StoredTensor.Type.BF16, stored.type());
    float[] values = new float[stored.data().remaining() / 2];
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.intBitsToFloat(stored.data().getShort(2 * i) << 16);
    }
    return values;
  }

  /** For each head the first row of its first half, the first of its second half, and so on. */
  private static float[] paired(float[] values) {
    float[] turned = new float[values.length];
    int next = 0;
    for (int head = 0; head < values.length / HIDDEN; head += HEAD) {
      for (int row = 0; row < HEAD / 2; row++) {
        System.arraycopy(values, (head + row) * HIDDEN, turned, next++ * HIDDEN, HIDDEN);
        int second = head + HEAD / 2 + row;
        System.arraycopy(values, second * HIDDEN, turned, next++ * HIDDEN, HIDDEN);
      }
    }
    return turned;
  }

  private static int id(BlockType type) {
    return switch (type) {
      case F32 -> 0;
      case BF16 -> 30;
      case Q8_0 -> 8;
      default -> throw new IllegalArgumentException(type.toString());
    };
  }

  private static byte[] bytes(float[] values, BlockType type) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length / type.width() * type.bytes())
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < values.length; i += type.width()) {
      switch (type) {
        case F32 -> bytes.putFloat(values[i]);
        case BF16 -> bytes.putShort((short) (Float.floatToIntBits(values[i]) >>> 16));
        default -> quantised(values, i, bytes);
      }
    }
    return bytes.array();
  }

  private static void quantised(float[] values, int first, ByteBuffer bytes) {
    float most = 0;
    for (int i = 0; i < BLOCK; i++) {
      most = Math.max(most, Math.abs(values[first + i]));
    }
    float scale = most / 127;
    bytes.putShort(Float.floatToFloat16(scale));
    for (int i = 0; i < BLOCK; i++) {
      bytes.put((byte) Math.round(values[first + i] / scale));
    }
  }
}
