package io.anyserve.loadtest.targets;

import io.anyserve.loadtest.StreamProbe;

/** Where requests go. Thread-safe. */
public interface LoadTarget extends AutoCloseable {

  /** Sends one; the probe hears of it by one thread at a time. Does not wait for an answer. */
  void send(LoadRequest request, StreamProbe probe);

  @Override
  void close();
}
