package io.anyserve.grammar.regular;

/** A set of byte values, 64 to a word, the lowest values first. */
record ByteSet(long first, long second, long third, long fourth) {

  static final ByteSet NONE = new ByteSet(0, 0, 0, 0);

  static ByteSet of(int value) {
    return range(value, value);
  }

  /** The values from one to another, both inclusive. */
  static ByteSet range(int from, int to) {
    return new ByteSet(
        word(from, to, 0), word(from, to, 64), word(from, to, 128), word(from, to, 192));
  }

  boolean has(int value) {
    long word =
        switch (value >> 6) {
          case 0 -> first;
          case 1 -> second;
          case 2 -> third;
          default -> fourth;
        };
    return ((word >>> value) & 1) != 0;
  }

  ByteSet or(ByteSet other) {
    return new ByteSet(
        first | other.first, second | other.second, third | other.third, fourth | other.fourth);
  }

  /** The values at which a stretch of members or of others begins, 0 left out. */
  ByteSet edges() {
    return new ByteSet(
        (first ^ (first << 1)) & ~1L,
        second ^ ((second << 1) | (first >>> 63)),
        third ^ ((third << 1) | (second >>> 63)),
        fourth ^ ((fourth << 1) | (third >>> 63)));
  }

  boolean isEmpty() {
    return (first | second | third | fourth) == 0;
  }

  private static long word(int from, int to, int start) {
    int low = Math.max(from - start, 0);
    int high = Math.min(to - start, 63);
    return low > high ? 0 : (-1L >>> (63 - (high - low))) << low;
  }
}
