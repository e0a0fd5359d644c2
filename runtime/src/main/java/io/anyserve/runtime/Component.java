package io.anyserve.runtime;

/** A piece of a process: inert until started, closed once. */
public interface Component extends AutoCloseable {

  /** Returns when the component does its work or will do so by itself. */
  void start() throws Exception;

  /** Whether it does its work now. */
  default Health health() {
    return Health.UP;
  }

  /** Ends the work and releases what it held; harmless when never started. */
  @Override
  void close() throws Exception;
}
