package io.anyserve.training;

/**
 * The sizes of a Qwen2-shaped decoder with tied embedding.
 *
 * @param keyHeads heads of keys and values; {@code heads} is a multiple of it
 * @param headSize even, because rotary embedding turns pairs
 * @param positions the longest sequence the model is meant for
 */
record ModelShape(
    int hidden,
    int layers,
    int heads,
    int keyHeads,
    int headSize,
    int feedForward,
    int vocabulary,
    int positions) {

  static final double ROPE_THETA = 10_000;
  static final double NORM_EPSILON = 1e-6;

  ModelShape {
    positive("hidden", hidden);
    positive("layers", layers);
    positive("heads", heads);
    positive("keyHeads", keyHeads);
    positive("headSize", headSize);
    positive("feedForward", feedForward);
    positive("vocabulary", vocabulary);
    positive("positions", positions);
    if (heads % keyHeads != 0) {
      throw new IllegalArgumentException(
          "heads: " + heads + " (expected: a multiple of " + keyHeads + ")");
    }
    if (headSize % 2 != 0) {
      throw new IllegalArgumentException("headSize: " + headSize + " (expected: even)");
    }
  }

  /** The shape of the shipped model: its bf16 weights and tokenizer stay below 6 MB. */
  static ModelShape story(int vocabulary) {
    return new ModelShape(192, 5, 4, 2, 48, 512, vocabulary, 1024);
  }

  int queryWidth() {
    return heads * headSize;
  }

  int keyWidth() {
    return keyHeads * headSize;
  }

  private static void positive(String name, int value) {
    if (value <= 0) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
    }
  }
}
