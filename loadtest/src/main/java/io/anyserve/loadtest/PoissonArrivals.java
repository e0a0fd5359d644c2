package io.anyserve.loadtest;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Poisson arrivals: exponential gaps with a mean of one over the rate, drawn ahead of time, so that
 * a slow system is not asked less often (no coordinated omission).
 *
 * @param perSecond mean arrivals
 * @param count arrivals in all
 */
public record PoissonArrivals(double perSecond, int count) {

  private static final double NANOS_PER_SECOND = 1e9;

  /** Parking wakes late; the last stretch is spent waiting actively. */
  private static final long SPIN_NANOS = 200_000;

  public PoissonArrivals {
    if (!(perSecond > 0)) {
      throw new IllegalArgumentException("rate: " + perSecond + " (expected: > 0)");
    }
    if (count < 1) {
      throw new IllegalArgumentException("count: " + count + " (expected: >= 1)");
    }
  }

  /** Nanoseconds from the start at which each arrival is due. */
  public long[] arrivals(RandomGenerator random) {
    long[] due = new long[count];
    double at = 0;
    for (int i = 0; i < count; i++) {
      at += -Math.log(1 - random.nextDouble()) / perSecond * NANOS_PER_SECOND;
      due[i] = (long) at;
    }
    return due;
  }

  /**
   * Calls {@code arrival} with the intended start, by the clock, of each arrival when it is due.
   */
  public void run(RandomGenerator random, LongSupplier nanos, LongConsumer arrival) {
    long start = nanos.getAsLong();
    for (long due : arrivals(random)) {
      waitUntil(start + due, nanos);
      arrival.accept(start + due);
    }
  }

  private static void waitUntil(long due, LongSupplier nanos) {
    long left;
    while ((left = due - nanos.getAsLong()) > 0) {
      if (left > SPIN_NANOS) {
        LockSupport.parkNanos(left - SPIN_NANOS);
      } else {
        Thread.onSpinWait();
      }
    }
  }
}
