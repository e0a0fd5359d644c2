package io.anyserve.grammar.regular;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.grammar.regular.CodePoints.Range;
import java.util.ArrayList;
import java.util.List;

/** The UTF-8 of sets of characters. */
final class Utf8Ranges {

  /** The last character of one, two, three and four bytes. */
  private static final int[] LAST = {0x7f, 0x7ff, 0xffff, Character.MAX_CODE_POINT};

  private Utf8Ranges() {}

  static Term of(Terms terms, CodePoints characters) {
    List<Term> parts = new ArrayList<>();
    for (Range range : characters.ranges()) {
      int from = range.from();
      for (int last : LAST) {
        if (from <= Math.min(range.to(), last)) {
          sameLength(terms, from, Math.min(range.to(), last), parts);
          from = last + 1;
        }
      }
    }
    return terms.union(parts);
  }

  /** Splits until all bytes but those of one stretch are the same or run over all their values. */
  private static void sameLength(Terms terms, int from, int to, List<Term> parts) {
    int length = bytes(from).length;
    for (int i = 1; i < length; i++) {
      int low = (1 << (6 * i)) - 1;
      if ((from & ~low) != (to & ~low)) {
        if ((from & low) != 0) {
          sameLength(terms, from, from | low, parts);
          sameLength(terms, (from | low) + 1, to, parts);
          return;
        }
        if ((to & low) != low) {
          sameLength(terms, from, (to & ~low) - 1, parts);
          sameLength(terms, to & ~low, to, parts);
          return;
        }
      }
    }
    byte[] first = bytes(from);
    byte[] last = bytes(to);
    Term[] sequence = new Term[length];
    for (int i = 0; i < length; i++) {
      sequence[i] = terms.oneOf(ByteSet.range(first[i] & 0xff, last[i] & 0xff));
    }
    parts.add(terms.concat(sequence));
  }

  private static byte[] bytes(int character) {
    return Character.toString(character).getBytes(UTF_8);
  }
}
