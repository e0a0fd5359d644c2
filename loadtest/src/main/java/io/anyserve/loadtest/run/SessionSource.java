package io.anyserve.loadtest.run;

import java.io.IOException;
import java.util.Optional;

/** Where callers come from. Used by one thread at a time, but for {@link #replacement}. */
interface SessionSource extends AutoCloseable {

  /** The next one, not earlier than the one before; empty when all have come. */
  Optional<Arrival> next() throws IOException;

  /** Who begins when a caller has ended. Thread-safe. */
  default Optional<CallerSession> replacement() {
    return Optional.empty();
  }

  @Override
  default void close() throws IOException {}
}
