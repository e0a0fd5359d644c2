package io.anyserve.worker.intake;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** The records that one consumer holds. Owned by its thread; any thread settles. */
final class Hand {

  private final LongSupplier nanos;
  private final Consumer<Settlement> meter;
  private final List<Held> records = new ArrayList<>();
  private final AtomicInteger unsettled = new AtomicInteger();
  private volatile @Nullable Thread waiting;
  private volatile boolean hurried;

  Hand(LongSupplier nanos, Consumer<Settlement> meter) {
    this.nanos = nanos;
    this.meter = meter;
  }

  Held take(ConsumerRecord<byte[], byte[]> record, long lockedUntil) {
    Held held = new Held(record, lockedUntil, nanos, this::settled);
    unsettled.incrementAndGet();
    records.add(held);
    return held;
  }

  private void settled(Settlement how) {
    meter.accept(how);
    if (unsettled.decrementAndGet() == 0) {
      wake();
    }
  }

  /** Waits until all are settled, at most that long, sometimes less. */
  void await(long nanos) {
    waiting = Thread.currentThread();
    if (unsettled.get() > 0 && nanos > 0 && !hurried) {
      LockSupport.parkNanos(this, nanos);
    }
    waiting = null;
  }

  /** Ends all waits, from now on; any thread. */
  void hurry() {
    hurried = true;
    wake();
  }

  private void wake() {
    Thread waiter = waiting;
    if (waiter != null) {
      LockSupport.unpark(waiter);
    }
  }

  boolean allSettled() {
    return unsettled.get() == 0;
  }

  boolean isEmpty() {
    return records.isEmpty();
  }

  List<Held> records() {
    return records;
  }

  void drop(List<Held> gone) {
    records.removeAll(gone);
  }
}
