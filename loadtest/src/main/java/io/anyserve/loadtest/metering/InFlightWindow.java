package io.anyserve.loadtest.metering;

import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Requests that are written and not yet counted, and who waits for them. Thread-safe. */
final class InFlightWindow {

  private final Duration patience;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private long written;
  private long counted;
  private @Nullable Throwable failure;

  /**
   * @param patience of every wait
   */
  InFlightWindow(Duration patience) {
    this.patience = patience;
  }

  /** Takes off with so many requests as soon as no more than {@code most} are under way then. */
  void write(int requests, long most) throws InterruptedException, TimeoutException {
    lock.lock();
    try {
      await(() -> written + requests - counted <= most);
      written += requests;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until nothing is under way. */
  void drain() throws InterruptedException, TimeoutException {
    lock.lock();
    try {
      await(() -> counted >= written);
    } finally {
      lock.unlock();
    }
  }

  void count(int requests) {
    lock.lock();
    try {
      counted += requests;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Nobody will count any more: whoever waits is told. */
  void fail(Throwable cause) {
    lock.lock();
    try {
      failure = failure == null ? cause : failure;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  long written() {
    lock.lock();
    try {
      return written;
    } finally {
      lock.unlock();
    }
  }

  long counted() {
    lock.lock();
    try {
      return counted;
    } finally {
      lock.unlock();
    }
  }

  private void await(BooleanSupplier holds) throws InterruptedException, TimeoutException {
    long left = patience.toNanos();
    while (failure == null && !holds.getAsBoolean()) {
      if (left <= 0) {
        throw new TimeoutException(
            "counted: %d requests of %d (nothing more in %s)"
                .formatted(counted, written, patience));
      }
      left = changed.awaitNanos(left);
    }
    if (failure != null) {
      throw new IllegalStateException("the load failed: " + failure.getMessage(), failure);
    }
  }
}
