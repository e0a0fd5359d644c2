package io.anyserve.loadtest;

import java.util.function.LongSupplier;

/** Times one stream from its intended start. Called by one thread at a time. */
final class TimedStream implements StreamProbe {

  private final LoadStats tally;
  private final LongSupplier nanos;
  private final long intendedStart;
  private final Runnable done;
  private long lastChunk;
  private boolean sawChunk;

  TimedStream(LoadStats tally, LongSupplier nanos, long intendedStart, Runnable done) {
    this.tally = tally;
    this.nanos = nanos;
    this.intendedStart = intendedStart;
    this.done = done;
  }

  @Override
  public void chunk(int tokens) {
    long now = nanos.getAsLong();
    if (sawChunk) {
      tally.laterChunk(now - lastChunk, tokens);
    } else {
      tally.firstChunk(now - intendedStart, tokens);
    }
    sawChunk = true;
    lastChunk = now;
  }

  @Override
  public void told(int tokens) {
    tally.told(tokens);
  }

  @Override
  public void failed(Throwable cause) {
    tally.failed(cause);
    done.run();
  }

  @Override
  public void completed() {
    tally.finished(nanos.getAsLong() - intendedStart);
    done.run();
  }
}
