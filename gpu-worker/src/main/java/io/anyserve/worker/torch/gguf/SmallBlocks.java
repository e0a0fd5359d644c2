package io.anyserve.worker.torch.gguf;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;

/**
 * Blocks of 32 numbers: a scale d in f16, for some types an offset m in f16, then the steps q.
 * Where steps have four bits, the low halves of 16 bytes are the first 16 of them and the high
 * halves the others; a fifth bit is in a word of 32 bits.
 */
final class SmallBlocks {

  private static final int HALF = 16;

  private SmallBlocks() {}

  /** (q - 8) * d. */
  static void q40(MemorySegment source, long at, float[] target, int to) {
    float d = scale(source, at);
    for (int i = 0; i < HALF; i++) {
      int pair = source.get(JAVA_BYTE, at + 2 + i);
      target[to + i] = ((pair & 0xf) - 8) * d;
      target[to + HALF + i] = ((pair >> 4 & 0xf) - 8) * d;
    }
  }

  /** q * d + m. */
  static void q41(MemorySegment source, long at, float[] target, int to) {
    float d = scale(source, at);
    float m = scale(source, at + 2);
    for (int i = 0; i < HALF; i++) {
      int pair = source.get(JAVA_BYTE, at + 4 + i);
      target[to + i] = (pair & 0xf) * d + m;
      target[to + HALF + i] = (pair >> 4 & 0xf) * d + m;
    }
  }

  /** (q - 16) * d. */
  static void q50(MemorySegment source, long at, float[] target, int to) {
    float d = scale(source, at);
    int fifth = source.get(GgufCursor.INT, at + 2);
    for (int i = 0; i < HALF; i++) {
      int pair = source.get(JAVA_BYTE, at + 6 + i);
      target[to + i] = (((pair & 0xf) | bit(fifth, i)) - 16) * d;
      target[to + HALF + i] = (((pair >> 4 & 0xf) | bit(fifth, HALF + i)) - 16) * d;
    }
  }

  /** q * d + m. */
  static void q51(MemorySegment source, long at, float[] target, int to) {
    float d = scale(source, at);
    float m = scale(source, at + 2);
    int fifth = source.get(GgufCursor.INT, at + 4);
    for (int i = 0; i < HALF; i++) {
      int pair = source.get(JAVA_BYTE, at + 8 + i);
      target[to + i] = ((pair & 0xf) | bit(fifth, i)) * d + m;
      target[to + HALF + i] = ((pair >> 4 & 0xf) | bit(fifth, HALF + i)) * d + m;
    }
  }

  /** q * d. */
  static void q80(MemorySegment source, long at, float[] target, int to) {
    float d = scale(source, at);
    for (int i = 0; i < 2 * HALF; i++) {
      target[to + i] = source.get(JAVA_BYTE, at + 2 + i) * d;
    }
  }

  static float scale(MemorySegment source, long at) {
    return Float.float16ToFloat(source.get(GgufCursor.SHORT, at));
  }

  private static int bit(int word, int index) {
    return (word >>> index & 1) << 4;
  }
}
