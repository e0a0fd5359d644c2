package io.anyserve.worker.torch.precision;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a decoder computes in: the number type of its activations and how its linear layers run. */
public enum Precision {
  /** The reference: four bytes per weight, no layout of its own. */
  F32(6, 1e-5, Script.TENSOR, "w.to(6)", "torch.linear(%x, %w, %b)", ""),

  /** f32 with weights that oneDNN lays out once. Rows keep their bits in every batch. */
  F32_PACKED(6, 1e-5, Script.TENSOR, Script.ONEDNN.formatted("6"), Script.POINTWISE, ""),

  /**
   * Weights in fp16, activations in f32, multiplied by FBGEMM: for x86 processors with AVX2 and
   * without bf16. Weights beyond 65504 do not fit; those of language models stay below 100.
   */
  FP16_PACKED(
      6,
      1e-3,
      Script.FBGEMM,
      "ops.quantized.linear_prepack_fp16(w.to(6), None)",
      "self.fp16(%x, %w, %b)",
      """
        def fp16(self: __torch__.M, x: Tensor, w: $weight$, b: Optional[Tensor]) -> Tensor:
          y = ops.quantized.linear_dynamic_fp16(x, w)
          if b is not None:
            y = torch.add_(y, b)
          return y
      """),

  /**
   * Plain bfloat16, for devices that multiply it natively. On processors a row's last bits, and
   * with them a close decision, depend on how many rows there are.
   */
  BF16(15, 1e-2, Script.TENSOR, "w.to(15)", "torch.linear(%x, %w, %b)", ""),

  /**
   * bfloat16 with weights that oneDNN lays out once. Rows keep their bits in every batch on
   * processors that multiply bf16; with AVX-512 alone oneDNN emulates it, and they do not.
   */
  BF16_PACKED(15, 1e-2, Script.TENSOR, Script.ONEDNN.formatted("15"), Script.POINTWISE, ""),

  /**
   * Weights in eight bits, each row of activations as two rows of whole numbers: its value in steps
   * of 1/63 of the row's largest, and what is left of it in steps of 1/126 of that. Everything else
   * is f32. Only where it is asked for, because eight bits change answers.
   *
   * <p>Without VNNI processors add two products of eight bits in sixteen: 2 * 127 * 127 fits, which
   * is why activations (unsigned, zero point 64) stay below 128. The scales are constants, so that
   * rows do not depend on each other.
   */
  INT8(
      6,
      2e-2,
      Script.FBGEMM,
      "self.quantised(w.to(6))",
      "self.int8(%x, %w, %b)",
      """
        def quantised(self: __torch__.M, w: Tensor) -> $weight$:
          s = torch.clamp_min(torch.div(torch.amax(torch.abs(w), [1]), 127.0), 1.0e-8)
          z = torch.zeros([torch.size(w, 0)], dtype=4)
          return ops.quantized.linear_prepack(torch.quantize_per_channel(w, s, z, 0, 12), None)
        def int8(self: __torch__.M, x: Tensor, w: $weight$, b: Optional[Tensor]) -> Tensor:
          a = torch.div(torch.clamp_min(torch.amax(torch.abs(x), [-1], True), 1.0e-20), 63.0)
          v = torch.div(x, a)
          h = torch.round(v)
          l = torch.mul(torch.sub(v, h), 126.0)
          y = ops.quantized.linear_with_input_q_dq_qweight_dq_output_fp32(torch.cat([h, l]), 1.0, 64, w)
          T = torch.size(x, 0)
          y = torch.add(torch.slice(y, 0, 0, T), torch.slice(y, 0, T, 2 * T), alpha=0.007936507936507936)
          y = torch.mul_(y, a)
          if b is not None:
            y = torch.add_(y, b)
          return y
      """);

  /** TorchScript that several precisions share. */
  private static final class Script {
    static final String TENSOR = "Tensor";
    static final String FBGEMM = "__torch__.torch.classes.quantized.LinearPackedParamsBase";
    static final String ONEDNN = "ops.mkldnn._reorder_linear_weight(w.to(%s), None)";
    static final String POINTWISE = "ops.mkldnn._linear_pointwise(%x, %w, %b, \"none\", [], \"\")";
  }

  private final int scalarType;
  private final double errorBound;
  private final String weightType;
  private final String packed;
  private final String linear;
  private final String methods;

  Precision(
      int scalarType,
      double errorBound,
      String weightType,
      String packed,
      String linear,
      String methods) {
    this.scalarType = scalarType;
    this.errorBound = errorBound;
    this.weightType = weightType;
    this.packed = packed;
    this.linear = linear;
    this.methods = methods.replace("$weight$", weightType);
  }

  /** As configurations name it: {@code bf16_packed}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The precision of that name, in any case. */
  public static Optional<Precision> named(String text) {
    return Arrays.stream(values()).filter(value -> value.text().equalsIgnoreCase(text)).findFirst();
  }

  /**
   * The largest error of a layer that is still right: the length of the difference from the product
   * in f64, over the length of that product.
   *
   * <p>Rounding gives bf16 about 0.003 (eight bits of weights, activations and result), fp16 0.0002
   * (eleven bits of weights), int8 0.008 (a row of weights spans 254 steps) and f32 less than 1e-6.
   * The bounds are two to five times that, far below what a wrong kernel gives: 0.4 and more where
   * sums of int8 products overflow.
   */
  double errorBound() {
    return errorBound;
  }

  /** TorchScript's number for the type of activations and cache: 6 is f32, 15 is bf16. */
  public int scalarType() {
    return scalarType;
  }

  /** TorchScript's type of a packed weight. */
  public String weightType() {
    return weightType;
  }

  /** The expression that packs a weight {@code w} of shape [out, in]. */
  public String packed() {
    return packed;
  }

  /** The expression of a linear layer; all arguments are expressions. */
  public String linear(String input, String weight, String bias) {
    return linear.replace("%x", input).replace("%w", weight).replace("%b", bias);
  }

  /** Methods that the two expressions call. */
  public String methods() {
    return methods;
  }
}
