package io.anyserve.chaos.client;

/** A time in which a stream brought nothing, nanoseconds by the suite's clock. */
public record Stall(long from, long to) {

  /** Shorter ones are how streams are. */
  static final long LEAST_NANOS = 50_000_000;

  public long length() {
    return to - from;
  }

  /** Both ends included. */
  public boolean beginsIn(long begin, long end) {
    return from >= begin && from <= end;
  }
}
