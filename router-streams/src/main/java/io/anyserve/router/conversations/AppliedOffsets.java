package io.anyserve.router.conversations;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Up to which record of each partition the store of this router has come. Thread-safe. */
public final class AppliedOffsets {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<Integer, Progress> partitions = new HashMap<>();

  /**
   * Of one partition.
   *
   * @param starts how often its store has begun here
   * @param offset of the last record that was processed since; -1 for none
   */
  private record Progress(long starts, long offset) {

    static final Progress NONE = new Progress(0, -1);
  }

  /** The partition's store begins anew, with what was restored. */
  void restart(int partition) {
    set(partition, new Progress(starts(partition) + 1, Progress.NONE.offset()));
  }

  /** The record at that offset is in the store. */
  void advance(int partition, long offset) {
    set(partition, new Progress(starts(partition), offset));
  }

  private void set(int partition, Progress progress) {
    lock.lock();
    try {
      partitions.put(partition, progress);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** How often the partition's store has begun here. What was restored may lag behind the log. */
  long starts(int partition) {
    lock.lock();
    try {
      return partitions.getOrDefault(partition, Progress.NONE).starts();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until the record at that offset was processed here; false when it was not in time. */
  boolean await(int partition, long offset, Duration atMost) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = atMost.toNanos();
      while (partitions.getOrDefault(partition, Progress.NONE).offset() < offset) {
        if (left <= 0) {
          return false;
        }
        left = changed.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }
}
