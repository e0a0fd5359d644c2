package io.anyserve.grammar;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A small vocabulary: every byte, and longer tokens that cross words and characters. */
final class TestVocabulary {

  private static final List<String> LONGER =
      List.of(
          "{\"", "\":", "\": ", "\",", "\", \"", "\"}", "\"]", "},", "}]", "]}", "[{", "[[", "[]",
          "{}", "null", "true", "false", "true}", "1,", "12", "-1", "0.", "00", "1]", "é", "😀",
          "日本", "a\"", "ab", "abc", "a", "b\":", "name", "\"a", "\"a\"", "\"b\":", "kind", "\n",
          "\n  ", " ", "  ", "\\n", "\\u00", "\\\"", "\\ud83d", "s_", "x", "2024-", "-02-29",
          "T00:", "@a.", "..", "aaaa");

  private final byte[][] bytes;
  private final int end;

  TestVocabulary() {
    List<byte[]> all = new ArrayList<>();
    for (int value = 0; value < 256; value++) {
      all.add(new byte[] {(byte) value});
    }
    LONGER.forEach(token -> all.add(token.getBytes(UTF_8)));
    all.add(new byte[] {(byte) 0x9f, (byte) 0x98});
    all.add(new byte[] {'a', (byte) 0xf0, (byte) 0x9f});
    all.add(new byte[0]);
    end = all.size();
    all.add(new byte[0]);
    bytes = all.toArray(byte[][]::new);
  }

  TokenMasks masks() {
    return new TokenMasks(TokenTrie.of(bytes));
  }

  /** With the end token where the document may end. */
  long[] mask(TokenMasks masks, GrammarState state) {
    long[] mask = masks.mask(state).clone();
    mask[end / 64] |= state.mayEnd() ? 1L << (end % 64) : 0;
    return mask;
  }

  int end() {
    return end;
  }

  int size() {
    return bytes.length;
  }

  byte[] bytes(int token) {
    return bytes[token];
  }

  static boolean has(long[] mask, int token) {
    return ((mask[token / 64] >>> (token % 64)) & 1) != 0;
  }

  /**
   * A random one of the allowed tokens; a hasty one ends what it can end, so that a document is
   * complete soon.
   */
  int choose(long[] mask, Random random, boolean hasty) {
    if (hasty && has(mask, end)) {
      return end;
    }
    boolean inString = has(mask, 'x');
    if (hasty && (!inString || has(mask, '"'))) {
      for (char one : (inString ? "\"" : "}]\"0").toCharArray()) {
        if (has(mask, one)) {
          return one;
        }
      }
    }
    List<Integer> allowed = new ArrayList<>();
    for (int token = 0; token < bytes.length; token++) {
      if (has(mask, token)) {
        int weight = token >= 256 ? 6 : token >= ' ' && token < 127 ? 3 : 1;
        for (int i = 0; i < weight; i++) {
          allowed.add(token);
        }
      }
    }
    return allowed.isEmpty() ? -1 : allowed.get(random.nextInt(allowed.size()));
  }
}
