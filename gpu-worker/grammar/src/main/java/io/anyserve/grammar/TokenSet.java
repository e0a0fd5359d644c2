package io.anyserve.grammar;

import java.util.Arrays;

/** Tokens, as a list where they are few and as a mask where they are many. */
final class TokenSet {

  private static final int FEW = 256;

  private final int[] listed;
  private final long[] bits;

  private TokenSet(int[] listed, long... bits) {
    this.listed = listed;
    this.bits = bits;
  }

  void addTo(long... mask) {
    for (int i = 0; i < bits.length; i++) {
      mask[i] |= bits[i];
    }
    for (int token : listed) {
      mask[token / 64] |= 1L << (token % 64);
    }
  }

  /** Numbers that are collected one by one. */
  static final class Numbers {

    private int[] all = new int[16];
    private int size;

    void add(int number) {
      if (size == all.length) {
        all = Arrays.copyOf(all, 2 * size);
      }
      all[size++] = number;
    }

    int[] list() {
      return Arrays.copyOf(all, size);
    }

    TokenSet set(int vocabulary) {
      var few = new TokenSet(list());
      if (size <= FEW) {
        return few;
      }
      long[] bits = new long[(vocabulary + 63) / 64];
      few.addTo(bits);
      return new TokenSet(new int[0], bits);
    }
  }
}
