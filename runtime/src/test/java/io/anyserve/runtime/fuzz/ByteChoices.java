package io.anyserve.runtime.fuzz;

import java.util.Arrays;
import java.util.List;

/**
 * Choices that the bytes of a fuzzed input make: a fuzzer that changes bytes changes what is built
 * from them. When no byte is left, every choice is the first one. Not thread-safe.
 */
public final class ByteChoices {

  private static final int BYTE = 256;

  private final byte[] bytes;
  private int next;

  public ByteChoices(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * A number from 0.
   *
   * @param bound at least 1; the number is below
   */
  public int below(int bound) {
    int value = bound > BYTE ? nextByte() * BYTE + nextByte() : nextByte();
    return value % bound;
  }

  private int nextByte() {
    return next < bytes.length ? Byte.toUnsignedInt(bytes[next++]) : 0;
  }

  /** False when no byte is left. */
  public boolean flag() {
    return (nextByte() & 1) == 1;
  }

  public <T> T of(List<T> values) {
    return values.get(below(values.size()));
  }

  /** Bytes as they are, at most that many. */
  public byte[] bytes(int most) {
    int length = below(most + 1);
    int end = Math.min(bytes.length, next + length);
    byte[] taken = Arrays.copyOfRange(bytes, next, end);
    next = end;
    return taken;
  }

  /** All bytes that are left. */
  public byte[] rest() {
    byte[] taken = Arrays.copyOfRange(bytes, next, bytes.length);
    next = bytes.length;
    return taken;
  }
}
