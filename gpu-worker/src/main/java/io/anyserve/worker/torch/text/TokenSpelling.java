package io.anyserve.worker.torch.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How a vocabulary writes the bytes of its tokens. */
enum TokenSpelling {
  /** In GPT-2's printable stand-ins. */
  BYTE_LEVEL,

  /** SentencePiece's: as text, in which U+2581 is a space; single bytes as {@code <0x0A>}. */
  BYTE_FALLBACK;

  private static final Pattern SINGLE = Pattern.compile("<0x([0-9A-F]{2})>");

  byte[] bytes(String token) {
    return switch (this) {
      case BYTE_LEVEL -> ByteSymbols.bytes(token);
      case BYTE_FALLBACK -> {
        Matcher single = SINGLE.matcher(token);
        yield single.matches()
            ? new byte[] {(byte) Integer.parseInt(single.group(1), 16)}
            : text(token);
      }
    };
  }

  /** Of a token that was added to the vocabulary later. */
  byte[] added(String token) {
    return switch (this) {
      case BYTE_LEVEL -> token.getBytes(UTF_8);
      case BYTE_FALLBACK -> text(token);
    };
  }

  private static byte[] text(String token) {
    return token.replace('\u2581', ' ').getBytes(UTF_8);
  }
}
