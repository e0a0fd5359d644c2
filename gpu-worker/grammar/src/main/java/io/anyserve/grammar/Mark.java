package io.anyserve.grammar;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Bytes that mean something to the reader of an answer. Immutable. */
public final class Mark {

  /** No character has it in UTF-8. */
  private static final byte OUTSIDE_UTF_8 = (byte) 0xff;

  private static final int MOST_SPECIAL = ' ';

  private final byte[] bytes;

  private Mark(byte... bytes) {
    this.bytes = bytes;
  }

  /** The mark as text. */
  public static Mark text(String text) {
    return new Mark(text.getBytes(UTF_8));
  }

  /**
   * A special token, which stands for no text: it is given bytes that no text has.
   *
   * @param number of the mark, below 32
   */
  public static Mark special(int number) {
    if (number < 0 || number >= MOST_SPECIAL) {
      throw new IllegalArgumentException(
          "number: " + number + " (expected: 0 to " + (MOST_SPECIAL - 1) + ")");
    }
    return new Mark(OUTSIDE_UTF_8, (byte) number);
  }

  public byte[] bytes() {
    return bytes.clone();
  }
}
