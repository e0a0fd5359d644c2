package io.anyserve.grammar;

import java.util.Arrays;

/**
 * Tokens, as a list where they are few and as a mask where they are many.
 *
 * @param bits empty where they are listed
 */
record TokenSet(int[] listed, long[] bits) {

  private static final int FEW = 256;

  void addTo(long... mask) {
    for (int i = 0; i < bits.length; i++) {
      mask[i] |= bits[i];
    }
    for (int token : listed) {
      mask[token / 64] |= 1L << token % 64;
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
      if (size <= FEW) {
        return new TokenSet(list(), new long[0]);
      }
      var many = new TokenSet(new int[0], new long[(vocabulary + 63) / 64]);
      new TokenSet(list(), new long[0]).addTo(many.bits);
      return many;
    }
  }
}
