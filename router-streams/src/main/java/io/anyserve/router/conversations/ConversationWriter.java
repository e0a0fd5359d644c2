package io.anyserve.router.conversations;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.apache.kafka.streams.errors.InvalidStateStoreException;

/**
 * Carries out the edits of one partition in the order in which they came. Each sees all before it,
 * and is answered once the store has it. Whoever has the lock writes for all that wait: one
 * transaction for many edits. Thread-safe.
 */
final class ConversationWriter implements AutoCloseable {

  private static final int MOST_WAITING = 1_000;
  private static final int MOST_IN_BATCH = 64;

  private final int partition;
  private final Supplier<? extends RecordTable> store;
  private final ConversationLog log;
  private final AppliedOffsets applied;
  private final Duration patience;
  private final BlockingQueue<PendingEdit> inbox = new ArrayBlockingQueue<>(MOST_WAITING);
  private final ReentrantLock lock = new ReentrantLock();

  /** The start of the store that has shown everything written before. */
  private volatile long caughtUp;

  /**
   * @param store of the partition; throws an InvalidStateStoreException while it is elsewhere
   * @param patience how long the store may take to show what is in the log
   */
  ConversationWriter(
      int partition,
      Supplier<? extends RecordTable> store,
      ConversationLog log,
      AppliedOffsets applied,
      Duration patience) {
    this.partition = partition;
    this.store = store;
    this.log = log;
    this.applied = applied;
    this.patience = patience;
  }

  /**
   * What the edit has done.
   *
   * @throws FailureException why it was refused or failed. After BROKER_UNAVAILABLE and
   *     STORE_UNAVAILABLE it may have been carried out or not; the same edit can be tried again
   */
  EditResult edit(ConversationEdit edit) {
    var pending = new PendingEdit(edit);
    if (!inbox.offer(pending)) {
      throw new FailureException(
          FailureCode.OVERLOADED, "conversations: " + MOST_WAITING + " edits wait already");
    }
    lock.lock();
    try {
      while (!pending.done()) {
        writeNext();
      }
    } finally {
      lock.unlock();
    }
    return pending.result();
  }

  /**
   * Waits, once for each start of the store here, until it has everything that was written before.
   *
   * @throws FailureException BROKER_UNAVAILABLE or STORE_UNAVAILABLE where that cannot be known
   */
  void catchUp() {
    if (caughtUp != applied.starts(partition)) {
      lock.lock();
      try {
        takeOver();
      } finally {
        lock.unlock();
      }
    }
  }

  private void takeOver() {
    long start = applied.starts(partition);
    if (!log.isOpen() || caughtUp != start) {
      await(log.open());
      caughtUp = start;
    }
  }

  private void writeNext() {
    List<PendingEdit> batch = new ArrayList<>(MOST_IN_BATCH);
    inbox.drainTo(batch, MOST_IN_BATCH);
    try {
      write(batch);
    } catch (InvalidStateStoreException e) {
      fail(batch, unavailable("the store moves to another router or is restored"));
    } catch (RuntimeException | Error e) {
      fail(batch, e);
    }
  }

  private void write(List<PendingEdit> batch) {
    var changes = new PendingChanges(store.get());
    takeOver();
    var editor = ConversationEditor.of(changes);
    batch.forEach(edit -> edit.apply(editor));
    var records = changes.records();
    if (!records.isEmpty()) {
      await(log.write(records));
    }
    batch.forEach(PendingEdit::succeed);
  }

  private static void fail(List<PendingEdit> batch, Throwable failure) {
    batch.forEach(edit -> edit.fail(failure));
  }

  /** A store that lags is no basis for the next edit: it opens the log, and waits, again. */
  private void await(long offset) {
    try {
      if (!applied.await(partition, offset, patience)) {
        log.close();
        throw unavailable("the store has not caught up with the log within " + patience);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      log.close();
      throw new FailureException(FailureCode.SHUTTING_DOWN, "conversations: the router stops", e);
    }
  }

  private static FailureException unavailable(String why) {
    return new FailureException(FailureCode.STORE_UNAVAILABLE, "conversations: " + why);
  }

  @Override
  public void close() {
    lock.lock();
    try {
      log.close();
    } finally {
      lock.unlock();
    }
  }
}
