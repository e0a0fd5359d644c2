package io.anyserve.worker.torch.gguf;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;

/**
 * Blocks of 256 numbers in parts that have a scale of their own, a whole number times the block's
 * d. The parts of Q4_K and Q5_K are 32 numbers long and have an offset too, times the block's dmin;
 * those of Q6_K are 16 long.
 */
final class SuperBlocks {

  private static final int PART = 32;
  private static final int SCALES = 4;
  private static final int STEPS_OF_Q4 = 16;
  private static final int FIFTHS_OF_Q5 = 16;
  private static final int STEPS_OF_Q5 = 48;
  private static final int HIGHS_OF_Q6 = 128;
  private static final int SCALES_OF_Q6 = 192;
  private static final int D_OF_Q6 = 208;

  private SuperBlocks() {}

  /** d * scale * q - dmin * offset, with q of four bits. */
  static void q4(MemorySegment source, long at, float[] target, int to) {
    for (int part = 0; part < 8; part++) {
      float scale = SmallBlocks.scale(source, at) * scale(source, at + SCALES, part);
      float offset = SmallBlocks.scale(source, at + 2) * offset(source, at + SCALES, part);
      long steps = at + STEPS_OF_Q4 + (long) (part / 2) * PART;
      for (int i = 0; i < PART; i++) {
        int q = nibble(source, steps + i, part % 2);
        target[to + part * PART + i] = scale * q - offset;
      }
    }
  }

  /** The same with a fifth bit: that of part p is bit p of 32 bytes. */
  static void q5(MemorySegment source, long at, float[] target, int to) {
    for (int part = 0; part < 8; part++) {
      float scale = SmallBlocks.scale(source, at) * scale(source, at + SCALES, part);
      float offset = SmallBlocks.scale(source, at + 2) * offset(source, at + SCALES, part);
      long steps = at + STEPS_OF_Q5 + (long) (part / 2) * PART;
      for (int i = 0; i < PART; i++) {
        int fifth = source.get(JAVA_BYTE, at + FIFTHS_OF_Q5 + i) >> part & 1;
        int q = nibble(source, steps + i, part % 2) | (fifth << 4);
        target[to + part * PART + i] = scale * q - offset;
      }
    }
  }

  /** d * scale * (q - 32), with four bits of q in one place and two in another. */
  static void q6(MemorySegment source, long at, float[] target, int to) {
    float d = SmallBlocks.scale(source, at + D_OF_Q6);
    for (int part = 0; part < 8; part++) {
      int half = part / 4;
      int quarter = part % 4;
      long lows = at + 64L * half + (long) (quarter % 2) * PART;
      long highs = at + HIGHS_OF_Q6 + (long) half * PART;
      for (int i = 0; i < PART; i++) {
        int high = source.get(JAVA_BYTE, highs + i) >> (2 * quarter) & 3;
        int q = nibble(source, lows + i, quarter / 2) | (high << 4);
        int scale = source.get(JAVA_BYTE, at + SCALES_OF_Q6 + part * 2L + i / 16);
        target[to + part * PART + i] = d * scale * (q - 32);
      }
    }
  }

  /** The lower or the higher four bits of a byte. */
  private static int nibble(MemorySegment source, long at, int higher) {
    return source.get(JAVA_BYTE, at) >> (4 * higher) & 0xf;
  }

  /** Six bits: of the first four parts in one byte, of the others in two. */
  private static int scale(MemorySegment source, long scales, int part) {
    return part < 4
        ? source.get(JAVA_BYTE, scales + part) & 0x3f
        : nibble(source, scales + part + 4, 0) | (topBits(source, scales + part - 4) << 4);
  }

  private static int offset(MemorySegment source, long scales, int part) {
    return part < 4
        ? source.get(JAVA_BYTE, scales + part + 4) & 0x3f
        : nibble(source, scales + part + 4, 1) | (topBits(source, scales + part) << 4);
  }

  private static int topBits(MemorySegment source, long at) {
    return source.get(JAVA_BYTE, at) >> 6 & 3;
  }
}
