package io.anyserve.chaos.client;

import io.anyserve.v1.StreamChunk;

/** The chunks of one stream as its caller gets them. Guarded by its owner. */
final class StreamText {

  private final StringBuilder text = new StringBuilder();
  private long next;
  private long tokens;
  private int repeated;
  private long missing;

  void add(StreamChunk chunk) {
    if (chunk.getSequence() < next) {
      repeated++;
      return;
    }
    missing += chunk.getSequence() - next;
    next = chunk.getSequence() + 1;
    tokens += chunk.getTokens();
    text.append(chunk.getText());
  }

  /** The answer as a whole, in place of chunks. */
  void whole(String answer, long count) {
    text.setLength(0);
    text.append(answer);
    tokens = count;
  }

  /** Begins anew, for another request. */
  void clear() {
    text.setLength(0);
    next = 0;
    tokens = 0;
    repeated = 0;
    missing = 0;
  }

  long next() {
    return next;
  }

  long tokens() {
    return tokens;
  }

  String text() {
    return text.toString();
  }

  ClientObservation.Counts counts(long told, int resumed) {
    return new ClientObservation.Counts(tokens, told, repeated, missing, resumed);
  }
}
