package io.anyserve.worker.torch;

/** What the decoder computes in: the number type of the activations and how linear layers run. */
public enum Precision {
  /** The reference: slow, four bytes per weight. */
  F32(6, "torch.linear(%x, %w, %b)", "w.to(6)"),

  /** Plain bfloat16, for devices that multiply it natively. */
  BF16(15, "torch.linear(%x, %w, %b)", "w.to(15)"),

  /** The CPU default: bfloat16 with weights laid out once by oneDNN. */
  BF16_PACKED(
      15,
      "ops.mkldnn._linear_pointwise(%x, %w, %b, \"none\", [], \"\")",
      "ops.mkldnn._reorder_linear_weight(w.to(15), None)");

  private final int scalarType;
  private final String linear;
  private final String pack;

  Precision(int scalarType, String linear, String pack) {
    this.scalarType = scalarType;
    this.linear = linear;
    this.pack = pack;
  }

  /** TorchScript's number for the type of activations and cache: 6 is f32, 15 is bf16. */
  int scalarType() {
    return scalarType;
  }

  /** The TorchScript expression of {@code input x weights[index] + bias}. */
  String linear(String input, String index, String bias) {
    return linear.replace("%x", input).replace("%w", "weights[" + index + "]").replace("%b", bias);
  }

  /** The TorchScript expression that prepares a weight {@code w} of shape [out, in] at load. */
  String pack() {
    return pack;
  }
}
