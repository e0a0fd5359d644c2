package io.anyserve.runtime.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.util.List;

/** Writes frames of a client as RFC 6455 has them, and others. One byte a character. */
final class WebSocketFrames {

  static final int CLOSE = 8;

  private static final int FIN = 0x80;
  private static final int MASKED = 0x80;
  private static final int TWO_BYTES = 126;
  private static final int EIGHT_BYTES = 127;
  private static final byte[] MASK = {0x1f, (byte) 0x9a, 0x05, (byte) 0xc3};
  private static final List<Integer> OPCODES = List.of(1, 1, 1, 0, 2, CLOSE, 9, 10, 3, 11, 15);
  private static final List<Integer> CLOSE_CODES =
      List.of(1000, 1001, 1002, 1005, 1006, 1007, 1009, 1015, 0, 999, 2999, 3000, 4999, 65_535);
  private static final List<Long> LENGTHS =
      List.of(0L, 1L, 65_535L, 65_536L, 1L << 20, (1L << 20) + 1, 1L << 31, Long.MAX_VALUE, -1L);

  private WebSocketFrames() {}

  /** One whole message of text. */
  static String text(String payload) {
    return frame(FIN | 1, payload);
  }

  /** A message of text in two frames. */
  static String fragments(String payload, int at) {
    return frame(1, payload.substring(0, at)) + frame(FIN, payload.substring(at));
  }

  static String close(int code) {
    return frame(FIN | CLOSE, "" + (char) (code >> 8) + (char) (code & 0xff));
  }

  /** A frame that keeps to the form, whatever kind it is and whatever it says. */
  static String any(ByteChoices choices, String payload) {
    int opcode = choices.of(OPCODES);
    int flags = choices.below(4) == 3 ? choices.below(16) << 4 : FIN;
    String content =
        switch (opcode) {
          case CLOSE -> closing(choices);
          case 1, 0 -> payload;
          default -> new String(choices.bytes(130), ISO_8859_1);
        };
    return frame(flags | opcode, content);
  }

  private static String closing(ByteChoices choices) {
    int code = choices.of(CLOSE_CODES);
    String reason = new String(choices.bytes(130), ISO_8859_1);
    return choices.below(8) == 7 ? reason : "" + (char) (code >> 8) + (char) (code & 0xff) + reason;
  }

  /** A frame whose length or mask need not be right. */
  static String broken(ByteChoices choices, String payload) {
    int first = FIN | choices.of(OPCODES);
    boolean masked = choices.flag();
    long length = choices.flag() ? choices.of(LENGTHS) : payload.length();
    String lengthBytes =
        choices.flag()
            ? (char) (EIGHT_BYTES | (masked ? MASKED : 0)) + number(length, Long.BYTES)
            : (char) (TWO_BYTES | (masked ? MASKED : 0)) + number(length, Short.BYTES);
    return (char) first + lengthBytes + (masked ? masked(payload) : payload);
  }

  private static String frame(int first, String payload) {
    int length = payload.length();
    String lengthBytes =
        length < TWO_BYTES
            ? "" + (char) (MASKED | length)
            : length <= 0xffff
                ? (char) (MASKED | TWO_BYTES) + number(length, Short.BYTES)
                : (char) (MASKED | EIGHT_BYTES) + number(length, Long.BYTES);
    return (char) first + lengthBytes + masked(payload);
  }

  private static String number(long value, int bytes) {
    byte[] all = ByteBuffer.allocate(Long.BYTES).putLong(value).array();
    return new String(all, Long.BYTES - bytes, bytes, ISO_8859_1);
  }

  private static String masked(String payload) {
    byte[] bytes = payload.getBytes(ISO_8859_1);
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] ^= MASK[i % MASK.length];
    }
    return new String(MASK, ISO_8859_1) + new String(bytes, ISO_8859_1);
  }
}
