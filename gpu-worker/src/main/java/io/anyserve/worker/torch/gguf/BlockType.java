package io.anyserve.worker.torch.gguf;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * The types of tensors that are read: numbers in blocks, of one number where it is not quantised.
 * Layouts: https://github.com/ggml-org/ggml/blob/master/src/ggml-common.h.
 */
enum BlockType {
  F32(0, 1, 4),
  F16(1, 1, 2),
  Q4_0(2, 32, 18),
  Q4_1(3, 32, 20),
  Q5_0(6, 32, 22),
  Q5_1(7, 32, 24),
  Q8_0(8, 32, 34),
  Q4_K(12, 256, 144),
  Q5_K(13, 256, 176),
  Q6_K(14, 256, 210),
  BF16(30, 1, 2);

  /** Names of types that are not read, for messages. */
  private static final Map<Integer, String> OTHERS =
      Map.ofEntries(
          Map.entry(9, "Q8_1"),
          Map.entry(10, "Q2_K"),
          Map.entry(11, "Q3_K"),
          Map.entry(15, "Q8_K"),
          Map.entry(16, "IQ2_XXS"),
          Map.entry(17, "IQ2_XS"),
          Map.entry(18, "IQ3_XXS"),
          Map.entry(19, "IQ1_S"),
          Map.entry(20, "IQ4_NL"),
          Map.entry(21, "IQ3_S"),
          Map.entry(22, "IQ2_S"),
          Map.entry(23, "IQ4_XS"),
          Map.entry(24, "I8"),
          Map.entry(25, "I16"),
          Map.entry(26, "I32"),
          Map.entry(27, "I64"),
          Map.entry(28, "F64"),
          Map.entry(29, "IQ1_M"),
          Map.entry(34, "TQ1_0"),
          Map.entry(35, "TQ2_0"),
          Map.entry(39, "MXFP4"));

  private final int id;
  private final int width;
  private final int bytes;

  BlockType(int id, int width, int bytes) {
    this.id = id;
    this.width = width;
    this.bytes = bytes;
  }

  static Optional<BlockType> of(int id) {
    return Arrays.stream(values()).filter(type -> type.id == id).findFirst();
  }

  /** What a type is called that may not be among these. */
  static String name(int id) {
    return of(id).map(BlockType::name).orElse(OTHERS.getOrDefault(id, Integer.toString(id)));
  }

  /** Numbers in a block. */
  int width() {
    return width;
  }

  /** Bytes of a block. */
  int bytes() {
    return bytes;
  }

  boolean quantised() {
    return width > 1;
  }

  BlockDecoder decoder() {
    return switch (this) {
      case F32 -> BlockType::f32;
      case F16 -> BlockType::f16;
      case Q4_0 -> SmallBlocks::q40;
      case Q4_1 -> SmallBlocks::q41;
      case Q5_0 -> SmallBlocks::q50;
      case Q5_1 -> SmallBlocks::q51;
      case Q8_0 -> SmallBlocks::q80;
      case Q4_K -> SuperBlocks::q4;
      case Q5_K -> SuperBlocks::q5;
      case Q6_K -> SuperBlocks::q6;
      case BF16 -> BlockType::bf16;
    };
  }

  private static void f32(MemorySegment source, long at, float[] target, int to) {
    target[to] = source.get(GgufCursor.FLOAT, at);
  }

  private static void f16(MemorySegment source, long at, float[] target, int to) {
    target[to] = Float.float16ToFloat(source.get(GgufCursor.SHORT, at));
  }

  private static void bf16(MemorySegment source, long at, float[] target, int to) {
    target[to] = Float.intBitsToFloat(source.get(GgufCursor.SHORT, at) << 16);
  }
}
