package io.anyserve.chaos.client;

import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;

/**
 * Callers that come at their own pace, with exponential gaps, whatever the system does, until they
 * are told to stop. One thread runs it.
 */
public final class OpenLoopClients {

  private static final double NANOS_PER_SECOND = 1e9;

  private final WorkloadGenerator plan;
  private final LongSupplier nanos;
  private final AtomicInteger begun = new AtomicInteger();

  public OpenLoopClients(WorkloadGenerator plan, LongSupplier nanos) {
    this.plan = plan;
    this.nanos = nanos;
  }

  /** Lets the next caller begin at once. */
  void next(ClientPool traffic) {
    traffic.begin(plan.at(begun.getAndIncrement()));
  }

  /** Returns after the first request whose number, from 1, is said to be enough. */
  public void run(ClientPool traffic, double perSecond, IntPredicate enough) {
    if (!(perSecond > 0)) {
      throw new IllegalArgumentException("rate: " + perSecond + " (expected: > 0)");
    }
    var random = new SplittableRandom(plan.seed());
    double due = nanos.getAsLong();
    while (!enough.test(begun.get()) && !Thread.currentThread().isInterrupted()) {
      due += -Math.log(1 - random.nextDouble()) / perSecond * NANOS_PER_SECOND;
      waitUntil((long) due);
      next(traffic);
    }
  }

  /** Requests so far. */
  public int begun() {
    return begun.get();
  }

  private void waitUntil(long due) {
    long left;
    while ((left = due - nanos.getAsLong()) > 0 && !Thread.currentThread().isInterrupted()) {
      LockSupport.parkNanos(left);
    }
  }
}
