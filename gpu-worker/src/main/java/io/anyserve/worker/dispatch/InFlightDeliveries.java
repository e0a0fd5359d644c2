package io.anyserve.worker.dispatch;

import io.anyserve.contracts.Priority;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The deliveries of one capability that are not settled, and whether more may be acquired: as long
 * as slots are free for them, the engine is healthy and the worker does not drain. A batch sequence
 * leaves its slot to an interactive one, so interactive requests compete with each other only.
 * Thread-safe.
 */
public final class InFlightDeliveries {

  private final int slots;
  private final DeliveryMetrics meters;

  /** True for those that need a slot, false for those that are being handed over. */
  private final Map<Delivery, Boolean> deliveries = new HashMap<>();

  private final Map<Priority, Integer> active = new EnumMap<>(Priority.class);
  private BooleanSupplier healthy = () -> true;
  private boolean draining;

  public InFlightDeliveries(int slots, DeliveryMetrics meters) {
    this.slots = slots;
    this.meters = meters;
  }

  /**
   * Looks at the engine's health from now on.
   *
   * @param engine whether it is healthy; {@link #look} follows each change
   */
  public synchronized void watch(BooleanSupplier engine) {
    healthy = engine;
    notifyAll();
  }

  /** The engine's health has changed. */
  public synchronized void look() {
    notifyAll();
  }

  synchronized void add(Delivery delivery) {
    deliveries.put(delivery, true);
    active.merge(delivery.lane(), 1, Integer::sum);
    meters.taken();
  }

  /** Its execution has stopped and it is settled later; true the first time. */
  synchronized boolean stopped(Delivery delivery) {
    Boolean needed = deliveries.replace(delivery, false);
    leaveSlot(delivery, needed);
    return Boolean.TRUE.equals(needed);
  }

  synchronized void settled(Delivery delivery, Disposition how) {
    meters.settled(how);
    leaveSlot(delivery, deliveries.remove(delivery));
  }

  private void leaveSlot(Delivery delivery, @Nullable Boolean needed) {
    if (Boolean.TRUE.equals(needed)) {
      active.merge(delivery.lane(), -1, Integer::sum);
    }
    notifyAll();
  }

  /** Whether so many more records of that lane may be acquired. */
  public synchronized boolean hasRoom(Priority lane, int records) {
    return !draining && records <= free(lane) && healthy.getAsBoolean();
  }

  private int free(Priority lane) {
    int interactive = active.getOrDefault(Priority.INTERACTIVE, 0);
    return switch (lane) {
      case INTERACTIVE -> slots - interactive;
      case BATCH -> slots - interactive - active.getOrDefault(Priority.BATCH, 0);
    };
  }

  /** Waits for room, at most that long, and no longer than until the worker drains. */
  public synchronized boolean awaitRoom(Priority lane, int records, Duration patience)
      throws InterruptedException {
    return await(() -> draining || hasRoom(lane, records), patience) && !draining;
  }

  /** Waits until nothing is in flight, at most that long. */
  public synchronized boolean awaitEmpty(Duration patience) throws InterruptedException {
    return await(deliveries::isEmpty, patience);
  }

  /** Waits that long, or until the worker drains. */
  public synchronized void pause(Duration length) throws InterruptedException {
    var _ = await(() -> draining, length);
  }

  private synchronized boolean await(BooleanSupplier condition, Duration patience)
      throws InterruptedException {
    long until = System.nanoTime() + patience.toNanos();
    while (!condition.getAsBoolean()) {
      long left = until - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return true;
  }

  /** Nothing more is acquired. */
  public synchronized void drain() {
    draining = true;
    notifyAll();
  }

  public synchronized boolean draining() {
    return draining;
  }

  public synchronized boolean isEmpty() {
    return deliveries.isEmpty();
  }

  synchronized List<Delivery> all() {
    return List.copyOf(deliveries.keySet());
  }
}
