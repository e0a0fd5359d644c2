package io.anyserve.metering.query;

import io.anyserve.contracts.FailureException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** One change that waits for a thread; more of them are summed up meanwhile. Thread-safe. */
public final class ConflatingBuffer implements UpdateListener<LiveUsage> {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private @Nullable LiveUsage waiting;
  private @Nullable FailureException failure;

  @Override
  public void next(LiveUsage usage) {
    lock.lock();
    try {
      waiting = waiting == null ? usage : waiting.and(usage);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void failed(FailureException why) {
    lock.lock();
    try {
      failure = why;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Empty when nothing came in time; throws when nothing comes any more. */
  public Optional<LiveUsage> take(Duration patience) throws InterruptedException {
    long nanos = patience.toNanos();
    lock.lockInterruptibly();
    try {
      while (waiting == null && failure == null && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
      LiveUsage taken = waiting;
      waiting = null;
      if (taken == null && failure != null) {
        throw failure;
      }
      return Optional.ofNullable(taken);
    } finally {
      lock.unlock();
    }
  }
}
