package io.anyserve.worker.engine;

/**
 * Counts the characters (Unicode code points) of an answer by the UTF-8 bytes of its tokens. A
 * function of the pieces pushed. Owned by the engine's thread.
 */
public final class TextOffset {

  private static final int CONTINUATION_MASK = 0xC0;
  private static final int CONTINUATION = 0x80;

  private int begun;

  /** Characters before the one that this piece begins or continues. */
  public int push(byte[] piece) {
    boolean continues = piece.length > 0 && isContinuation(piece[0]);
    int offset = continues ? Math.max(0, begun - 1) : begun;
    for (byte b : piece) {
      begun += isContinuation(b) ? 0 : 1;
    }
    return offset;
  }

  private static boolean isContinuation(byte b) {
    return (b & CONTINUATION_MASK) == CONTINUATION;
  }
}
