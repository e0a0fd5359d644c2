package io.anyserve.chaos.cluster;

import java.time.Duration;

/** What a proxy does to its connections. */
public sealed interface NetworkFault {

  /** Bytes pass as they come. */
  record Clear() implements NetworkFault {}

  /** Every connection is broken off, and new ones are too. */
  record Cut() implements NetworkFault {}

  /** Every piece waits that long, in both directions. */
  record Delayed(Duration by) implements NetworkFault {}

  /** Not more bytes a second on each connection and direction. */
  record Slow(int bytesPerSecond) implements NetworkFault {

    public Slow {
      if (bytesPerSecond < 1) {
        throw new IllegalArgumentException(
            "bytesPerSecond: " + bytesPerSecond + " (expected: > 0)");
      }
    }
  }

  /** One bit of every large piece is turned over: headers stay as they are, bodies do not. */
  record Corrupt() implements NetworkFault {}

  /** The server's side of every connection is closed; the client's stays open. */
  record HalfClosed() implements NetworkFault {}
}
