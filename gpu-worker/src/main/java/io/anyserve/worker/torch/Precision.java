package io.anyserve.worker.torch;

import java.util.List;

/** What the decoder computes in: the number type of the activations and how linear layers run. */
public enum Precision {
  /** The reference: slow, four bytes per weight. */
  F32(6, "torch.linear(%x, %0, %b)", "", List.of("w.to(6)")),

  /** Plain bfloat16, for devices that multiply it natively. */
  BF16(15, "torch.linear(%x, %0, %b)", "", List.of("w.to(15)")),

  /** The CPU default: bfloat16 with weights laid out once by oneDNN. */
  BF16_PACKED(
      15,
      "ops.mkldnn._linear_pointwise(%x, %0, %b, \"none\", [], \"\")",
      "",
      List.of("ops.mkldnn._reorder_linear_weight(w.to(15), None)")),

  /**
   * The fast option: weights and activations in eight bits, everything else in f32.
   *
   * <p>Each row of activations has a scale of its own, so that rows do not depend on each other;
   * the quantisation parameters of the product itself are constants (scale 1/127, zero point 128).
   * The bias is added after the row is scaled back.
   */
  INT8(
      6,
      "self.int8(%x, %0, %1, %2, %b)",
      """
        def int8(self: __torch__.M, x: Tensor, w: Tensor, s: Tensor, z: Tensor, b: Optional[Tensor]) -> Tensor:
          a = torch.clamp_min(torch.amax(torch.abs(x), [-1], True), 1.0e-20)
          q = torch.quantize_per_tensor(torch.div(x, a), 0.007874015748031496, 128, 13)
          q = torch.int_repr(q)
          y = ops.onednn.qlinear_pointwise(q, 0.007874015748031496, 128, w, s, z, None, 1.0, 0, 6, "none", [], "")
          y = torch.mul(y, a)
          if b is not None:
            y = torch.add_(y, b)
          return y
        def row_scales(self: __torch__.M, w: Tensor) -> Tensor:
          return torch.clamp_min(torch.div(torch.amax(torch.abs(w.to(6)), [1]), 127.0), 1.0e-8)
        def rounded(self: __torch__.M, w: Tensor) -> Tensor:
          return torch.round(torch.div(w.to(6), torch.unsqueeze(self.row_scales(w), 1))).to(1)
      """,
      List.of(
          "ops.onednn.qlinear_prepack(self.rounded(w), None)",
          "self.row_scales(w)",
          "torch.zeros([torch.size(w, 0)], dtype=4)"));

  private final int scalarType;
  private final String linear;
  private final String methods;

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<String> packed;

  Precision(int scalarType, String linear, String methods, List<String> packed) {
    this.scalarType = scalarType;
    this.linear = linear;
    this.methods = methods;
    this.packed = packed;
  }

  /** TorchScript's number for the type of activations and cache: 6 is f32, 15 is bf16. */
  int scalarType() {
    return scalarType;
  }

  /**
   * The TorchScript expression of the linear layer number {@code index}, which is an expression.
   */
  String linear(String input, String index, String bias) {
    String text = linear.replace("%x", input).replace("%b", bias);
    for (int part = 0; part < packed.size(); part++) {
      String place = "(" + index + ") * " + packed.size() + " + " + part;
      text = text.replace("%" + part, "weights[" + place + "]");
    }
    return text;
  }

  /** Methods that the linear layers call, in TorchScript. */
  String methods() {
    return methods;
  }

  /**
   * The tensors that stand for a weight {@code w} of shape [out, in], as TorchScript expressions.
   */
  List<String> packed() {
    return packed;
  }
}
