package io.anyserve.runtime.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Reads what a server sends over a WebSocket: whole messages of text, pings and pongs, and at most
 * one close, behind which nothing comes. Throws AssertionErrors.
 */
final class ServerFrames {

  private static final Set<Integer> FIRST_BYTES = Set.of(0x81, 0x88, 0x89, 0x8a);
  private static final int TEXT = 0x81;
  private static final int CLOSE = 0x88;
  private static final int TWO_BYTES = 126;
  private static final int EIGHT_BYTES = 127;

  private ServerFrames() {}

  /** The messages; a frame that is cut off is the last one. */
  static List<String> messages(byte[] bytes) {
    List<String> messages = new ArrayList<>();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    while (in.remaining() >= 2) {
      int first = Byte.toUnsignedInt(in.get());
      require(FIRST_BYTES.contains(first), "first byte " + first);
      long length = length(in, first);
      if (length < 0 || length > in.remaining()) {
        return messages;
      }
      ByteBuffer payload = in.slice(in.position(), (int) length);
      in.position(in.position() + (int) length);
      switch (first) {
        case TEXT -> messages.add(text(payload));
        case CLOSE -> checkClose(payload, in.remaining());
        default -> {}
      }
    }
    return messages;
  }

  /** Negative where the frame is cut off. */
  private static long length(ByteBuffer in, int first) {
    int length = Byte.toUnsignedInt(in.get());
    require(length <= EIGHT_BYTES, "masked");
    require(first == TEXT || length < TWO_BYTES, "a control frame's length");
    return switch (length) {
      case TWO_BYTES -> in.remaining() < Short.BYTES ? -1 : Short.toUnsignedInt(in.getShort());
      case EIGHT_BYTES -> in.remaining() < Long.BYTES ? -1 : in.getLong();
      default -> length;
    };
  }

  private static String text(ByteBuffer payload) {
    try {
      return UTF_8.newDecoder().decode(payload).toString();
    } catch (CharacterCodingException e) {
      throw new AssertionError("text that is not UTF-8", e);
    }
  }

  private static void checkClose(ByteBuffer payload, int behind) {
    require(behind == 0, "frames behind the close");
    require(payload.remaining() != 1, "half a close code");
    if (payload.hasRemaining()) {
      int code = Short.toUnsignedInt(payload.getShort());
      require(code >= 1000 && code != 1005 && code != 1006 && code != 1011, "close code " + code);
      var _ = text(payload);
    }
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError("WebSocket: " + otherwise);
    }
  }
}
