package io.anyserve.loadtest;

/** Where streams of one request are opened, over one connection or several. Thread-safe. */
@FunctionalInterface
public interface StreamTarget {

  /** Opens one more; the probe hears of it by one thread at a time. Does not block. */
  void open(StreamProbe probe);
}
