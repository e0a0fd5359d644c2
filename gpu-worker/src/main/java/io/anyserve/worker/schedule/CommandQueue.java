package io.anyserve.worker.schedule;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The only way into a scheduler: any thread puts in, the scheduler's thread takes out. */
public final class CommandQueue {

  private final int capacity;
  private final AtomicInteger size = new AtomicInteger();
  private final Queue<WorkItem> work = new ConcurrentLinkedQueue<>();
  private final Queue<SchedulerCommand> commands = new ConcurrentLinkedQueue<>();
  private volatile boolean closed;
  private volatile @Nullable Thread waiting;

  /**
   * @param capacity pieces of work that may wait
   */
  public CommandQueue(int capacity) {
    this.capacity = capacity;
  }

  /** False when it is full or closed. */
  public boolean offer(WorkItem next) {
    if (closed || size.incrementAndGet() > capacity) {
      size.decrementAndGet();
      return false;
    }
    work.add(next);
    wake();
    return true;
  }

  public void tell(SchedulerCommand command) {
    commands.add(command);
    wake();
  }

  /** Takes no more work. */
  public void close() {
    closed = true;
  }

  private void wake() {
    Thread sleeper = waiting;
    if (sleeper != null) {
      LockSupport.unpark(sleeper);
    }
  }

  /** Hands over all there is; returns how many. */
  int drain(Consumer<WorkItem> toWork, Consumer<SchedulerCommand> toCommands) {
    int count = 0;
    for (WorkItem next = work.poll(); next != null; next = work.poll()) {
      size.decrementAndGet();
      toWork.accept(next);
      count++;
    }
    for (SchedulerCommand next = commands.poll(); next != null; next = commands.poll()) {
      toCommands.accept(next);
      count++;
    }
    return count;
  }

  /** Waits until there is something, at most that long, sometimes less. */
  void await(long nanos) {
    if (nanos <= 0) {
      return;
    }
    waiting = Thread.currentThread();
    if (work.isEmpty() && commands.isEmpty()) {
      LockSupport.parkNanos(this, nanos);
    }
    waiting = null;
  }
}
