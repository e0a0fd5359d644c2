package io.anyserve.worker.consume;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** The records that one consumer holds. Owned by its thread; any thread settles. */
final class AcquiredRecords {

  private final LongSupplier nanos;
  private final Consumer<Disposition> meter;
  private final List<AcquiredRecord> records = new ArrayList<>();
  private final AtomicInteger unsettled = new AtomicInteger();
  private volatile @Nullable Thread waiting;
  private volatile boolean hurried;

  AcquiredRecords(LongSupplier nanos, Consumer<Disposition> meter) {
    this.nanos = nanos;
    this.meter = meter;
  }

  AcquiredRecord take(ConsumerRecord<byte[], byte[]> record, long lockedUntil) {
    AcquiredRecord held = new AcquiredRecord(record, lockedUntil, nanos, this::settled);
    unsettled.incrementAndGet();
    records.add(held);
    return held;
  }

  private void settled(Disposition how) {
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

  List<AcquiredRecord> records() {
    return records;
  }

  void drop(List<AcquiredRecord> gone) {
    records.removeAll(gone);
  }
}
