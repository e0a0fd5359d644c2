package io.anyserve.loadtest.metering;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Time since it was made, the same for who writes and who reads. Thread-safe. */
record Stopwatch(LongSupplier nanos, long origin) {

  Stopwatch(LongSupplier nanos) {
    this(nanos, nanos.getAsLong());
  }

  long elapsedNanos() {
    return nanos.getAsLong() - origin;
  }

  Duration elapsed() {
    return Duration.ofNanos(elapsedNanos());
  }

  /** Nanoseconds since then. */
  long since(long micros) {
    return elapsedNanos() - TimeUnit.MICROSECONDS.toNanos(micros);
  }
}
