package io.anyserve.loadtest.trace;

import java.io.IOException;
import java.util.Optional;

/** Requests of a trace in the order of their times, one after the other. Not thread-safe. */
public interface TraceReader extends AutoCloseable {

  /** Empty behind the last one. Throws {@link TraceException} for what is no request. */
  Optional<TraceRequest> next() throws IOException;

  @Override
  void close() throws IOException;
}
