package io.anyserve.worker.torch.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/**
 * GPT-2's printable stand-ins for bytes, in which byte-level vocabularies are written.
 *
 * <p>A printable byte stands for itself; the n-th other byte is the character U+0100 + n.
 */
public final class ByteSymbols {

  private static final char[] SYMBOL_OF_BYTE = symbols();
  private static final int[] BYTE_OF_SYMBOL = inverse();

  private ByteSymbols() {}

  public static String of(byte[] bytes) {
    var text = new StringBuilder(bytes.length);
    for (byte b : bytes) {
      text.append(SYMBOL_OF_BYTE[b & 0xff]);
    }
    return text.toString();
  }

  /** The bytes that a token stands for; one with any other character stands for itself. */
  public static byte[] bytes(String token) {
    var bytes = new byte[token.length()];
    for (int i = 0; i < bytes.length; i++) {
      char symbol = token.charAt(i);
      if (symbol >= BYTE_OF_SYMBOL.length || BYTE_OF_SYMBOL[symbol] < 0) {
        return token.getBytes(UTF_8);
      }
      bytes[i] = (byte) BYTE_OF_SYMBOL[symbol];
    }
    return bytes;
  }

  private static char[] symbols() {
    var symbols = new char[256];
    int others = 0;
    for (int b = 0; b < symbols.length; b++) {
      symbols[b] = (char) (isPrintable(b) ? b : 256 + others++);
    }
    return symbols;
  }

  private static boolean isPrintable(int b) {
    return (b > ' ' && b <= '~') || (b >= 0xa1 && b != 0xad);
  }

  private static int[] inverse() {
    var bytes = new int[512];
    Arrays.fill(bytes, -1);
    for (int b = 0; b < SYMBOL_OF_BYTE.length; b++) {
      bytes[SYMBOL_OF_BYTE[b]] = b;
    }
    return bytes;
  }
}
