package io.anyserve.loadtest;

import java.util.function.LongSupplier;

/** Times one stream. Called by one thread at a time. */
public final class StreamProbe {

  private final LoadStats tally;
  private final LongSupplier nanos;
  private final long intendedStart;
  private final Runnable done;
  private long lastChunk;
  private boolean sawChunk;

  StreamProbe(LoadStats tally, LongSupplier nanos, long intendedStart, Runnable done) {
    this.tally = tally;
    this.nanos = nanos;
    this.intendedStart = intendedStart;
    this.done = done;
  }

  void chunk(int tokens) {
    long now = nanos.getAsLong();
    if (sawChunk) {
      tally.laterChunk(now - lastChunk, tokens);
    } else {
      tally.firstChunk(now - intendedStart, tokens);
    }
    sawChunk = true;
    lastChunk = now;
  }

  /** Tokens that no chunk told. */
  void told(int tokens) {
    tally.told(tokens);
  }

  void failed(Throwable cause) {
    tally.failed(cause);
    done.run();
  }

  void completed() {
    tally.finished(nanos.getAsLong() - intendedStart);
    done.run();
  }
}
