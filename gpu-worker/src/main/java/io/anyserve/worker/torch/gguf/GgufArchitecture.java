package io.anyserve.worker.torch.gguf;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The values of {@code general.architecture} that are read, and what is special about each. */
enum GgufArchitecture {
  LLAMA("llama", "llama"),
  QWEN2("qwen2", "qwen2"),
  QWEN3("qwen3", "qwen3"),
  PHI3("phi3", "phi3"),
  GEMMA2("gemma2", "gemma2"),
  GEMMA3("gemma3", "gemma3_text");

  private static final String KEY = "general.architecture";

  private final String text;
  private final String modelType;

  GgufArchitecture(String text, String modelType) {
    this.text = text;
    this.modelType = modelType;
  }

  static GgufArchitecture of(GgufMetadata metadata) {
    String text = metadata.text(KEY);
    return Arrays.stream(values())
        .filter(architecture -> architecture.text.equals(text))
        .findFirst()
        .orElseThrow(() -> metadata.wrong(KEY, text, "one of " + all()));
  }

  /** The name in the file, with which its keys start. */
  String text() {
    return text;
  }

  /** What Hugging Face calls it. */
  String modelType() {
    return modelType;
  }

  /** Whether rows of query and key are in pairs (0, 1) instead of (0, half of the head). */
  boolean pairsRows() {
    return this == LLAMA;
  }

  /** Whether the factors of norms are stored plus one, and norms follow both parts of a layer. */
  boolean isGemma() {
    return this == GEMMA2 || this == GEMMA3;
  }

  private static List<String> all() {
    return Stream.of(values()).map(GgufArchitecture::text).toList();
  }
}
