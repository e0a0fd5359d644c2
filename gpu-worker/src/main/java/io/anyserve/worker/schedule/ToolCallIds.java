package io.anyserve.worker.schedule;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.answer.AnswerDelta;
import io.anyserve.contracts.answer.ToolCallDelta;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/**
 * The ids of tool calls: a function of the request and the call's index, so that every execution of
 * a request gives a call the same one.
 */
final class ToolCallIds {

  private static final String PREFIX = "call_";
  private static final String ALPHABET =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final int LENGTH = 24;

  private ToolCallIds() {}

  /** The same piece, with the ids of the calls that begin in it. */
  static AnswerDelta assign(RequestId request, AnswerDelta piece) {
    if (piece.toolCalls().isEmpty()) {
      return piece;
    }
    List<ToolCallDelta> calls =
        piece.toolCalls().stream().map(call -> assign(request, call)).toList();
    return new AnswerDelta(piece.text(), piece.reasoning(), calls);
  }

  private static ToolCallDelta assign(RequestId request, ToolCallDelta call) {
    return call.first()
        ? new ToolCallDelta(call.index(), of(request, call.index()), call.name(), call.arguments())
        : call;
  }

  /** The prefix of OpenAI's ids and 24 letters and digits. */
  static String of(RequestId request, int index) {
    byte[] digest =
        sha256()
            .digest(
                ByteBuffer.allocate(RequestId.BYTES + Integer.BYTES)
                    .put(request.bytes())
                    .putInt(index)
                    .array());
    StringBuilder id = new StringBuilder(PREFIX);
    for (int i = 0; i < LENGTH; i++) {
      id.append(ALPHABET.charAt(Byte.toUnsignedInt(digest[i]) % ALPHABET.length()));
    }
    return id.toString();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
