package io.anyserve.loadtest;

/**
 * What a message of a stream brings.
 *
 * @param tokens negative where the message is no chunk
 * @param text empty where nobody asked for it
 */
record StreamPiece(int tokens, String text) {

  static final StreamPiece NO_CHUNK = new StreamPiece(-1, "");

  private static final StreamPiece ONE_TOKEN = new StreamPiece(1, "");

  static StreamPiece of(int tokens) {
    return tokens == 1 ? ONE_TOKEN : new StreamPiece(tokens, "");
  }

  boolean chunk() {
    return tokens >= 0;
  }
}
