package io.anyserve.worker.torch.gguf;

/** The sizes of a decoder, as the metadata states them. */
record GgufShape(int hidden, int layers, int heads, int kvHeads, int headSize, int feedForward) {

  static GgufShape of(GgufMetadata metadata, GgufArchitecture architecture) {
    String prefix = architecture.text() + ".";
    int hidden = metadata.positive(prefix + "embedding_length");
    int heads = metadata.positive(prefix + "attention.head_count");
    String keyLength = prefix + "attention.key_length";
    int headSize = metadata.positive(keyLength, Math.max(1, hidden / heads));
    int valueLength = metadata.positive(prefix + "attention.value_length", headSize);
    if (valueLength != headSize) {
      throw metadata.wrong(
          prefix + "attention.value_length",
          Integer.toString(valueLength),
          headSize + ", as " + keyLength);
    }
    return new GgufShape(
        hidden,
        metadata.positive(prefix + "block_count"),
        heads,
        metadata.positive(prefix + "attention.head_count_kv", heads),
        headSize,
        metadata.positive(prefix + "feed_forward_length"));
  }
}
