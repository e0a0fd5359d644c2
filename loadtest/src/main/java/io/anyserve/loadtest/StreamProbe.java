package io.anyserve.loadtest;

/** Hears of one stream, and says how it is read. Called by one thread at a time. */
public interface StreamProbe {

  /** One came, with so many tokens; 0 where chunks do not say it. */
  void chunk(int tokens);

  /** Tokens that no chunk told. */
  void told(int tokens);

  /** The text of the chunk before, where {@link ReadingStyle#keepsText} asks for it. */
  default void text(String text) {}

  /** The stream ended without its answer. */
  void failed(Throwable cause);

  /** The answer is complete. */
  void completed();

  /** The caller hung up, as its {@link #reading} said. */
  default void left() {}

  /** How the caller reads, the same for the whole stream. */
  default ReadingStyle reading() {
    return ReadingStyle.PLAIN;
  }
}
