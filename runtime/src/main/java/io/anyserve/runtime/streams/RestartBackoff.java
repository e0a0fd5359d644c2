package io.anyserve.runtime.streams;

import java.time.Duration;
import java.util.function.LongSupplier;

/** How long to wait before the next try: longer after each failure, short again after a calm. */
final class RestartBackoff {

  static final Duration FIRST = Duration.ofMillis(500);
  static final Duration LONGEST = Duration.ofSeconds(5);
  static final Duration CALM = Duration.ofSeconds(30);

  private final LongSupplier nanos;
  private Duration next = FIRST;
  private long calmAt;

  RestartBackoff(LongSupplier nanos) {
    this.nanos = nanos;
    this.calmAt = nanos.getAsLong();
  }

  synchronized Duration afterFailure() {
    long now = nanos.getAsLong();
    Duration pause = now - calmAt >= 0 ? FIRST : next;
    Duration doubled = pause.multipliedBy(2);
    next = doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
    calmAt = now + CALM.toNanos();
    return pause;
  }
}
