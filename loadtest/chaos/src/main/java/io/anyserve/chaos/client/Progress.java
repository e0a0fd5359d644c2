package io.anyserve.chaos.client;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * When anything last reached any caller. Whoever waits for the system waits as long as it goes on,
 * however slowly. Thread-safe.
 */
final class Progress {

  /** A system that brings no caller anything for so long stands still. */
  static final Duration STANDSTILL = Duration.ofMinutes(3);

  private static final long LOOK_NANOS = 20_000_000;

  private final LongSupplier nanos;
  private final AtomicLong latest;

  Progress(LongSupplier nanos) {
    this.nanos = nanos;
    this.latest = new AtomicLong(nanos.getAsLong());
  }

  void made(long now) {
    latest.accumulateAndGet(now, Math::max);
  }

  boolean standsStill(long now) {
    return now - latest.get() > STANDSTILL.toNanos();
  }

  /** True once the condition holds; false when everything stood still before, or at the limit. */
  boolean await(BooleanSupplier condition, Duration limit) {
    long begin = nanos.getAsLong();
    while (!condition.getAsBoolean()) {
      long now = nanos.getAsLong();
      boolean quiet = now - Math.max(begin, latest.get()) > STANDSTILL.toNanos();
      if (quiet || now - begin > limit.toNanos() || Thread.currentThread().isInterrupted()) {
        return false;
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
    return true;
  }
}
