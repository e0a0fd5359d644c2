package io.anyserve.loadtest.run;

import java.util.concurrent.locks.LockSupport;

/** The clock of the machine. Owned by the thread that made it, but for {@link #wake}. */
final class SystemLoadClock implements LoadClock {

  /** Parking wakes late; the last stretch is spent waiting actively. */
  private static final long SPIN_NANOS = 200_000;

  private final Thread owner = Thread.currentThread();

  @Override
  public long nanos() {
    return System.nanoTime();
  }

  @Override
  public void waitUntil(long due) {
    long left = due - nanos();
    if (left > SPIN_NANOS) {
      LockSupport.parkNanos(left - SPIN_NANOS);
    } else {
      while (due - nanos() > 0) {
        Thread.onSpinWait();
      }
    }
  }

  @Override
  public void wake() {
    LockSupport.unpark(owner);
  }
}
