package io.anyserve.worker.schedule;

import io.anyserve.contracts.Capability;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Limits how many models are in memory at once. A model that waits gets the slot of the model used
 * longest ago, as soon as that one is idle, or after its turn if it never is. Thread-safe.
 */
public final class ModelSlots {

  private static final long TURN = 2_000_000_000L;

  private final int slots;
  private final LongSupplier nanos;
  private final Map<Capability, Slot> taken = new LinkedHashMap<>();
  private final Deque<Capability> waiting = new ArrayDeque<>();
  private volatile boolean contended;

  public ModelSlots(int slots, LongSupplier nanos) {
    this.slots = slots;
    this.nanos = nanos;
  }

  /**
   * True when the model may be loaded now; otherwise it waits in a queue.
   *
   * @param wake makes a loaded model ask whether its slot is wanted
   */
  synchronized boolean enter(Capability capability, Runnable wake) {
    boolean next = waiting.isEmpty() || capability.equals(waiting.peekFirst());
    if (taken.containsKey(capability)) {
      return true;
    }
    if (taken.size() < slots && next) {
      waiting.remove(capability);
      taken.put(capability, new Slot(nanos.getAsLong(), wake));
    } else if (!waiting.contains(capability)) {
      waiting.addLast(capability);
      taken.values().forEach(place -> place.wake.run());
    }
    contended = !waiting.isEmpty();
    return taken.containsKey(capability);
  }

  /** The model does not want a slot any more, or was unloaded. */
  synchronized void leave(Capability capability) {
    waiting.remove(capability);
    taken.remove(capability);
    contended = !waiting.isEmpty();
  }

  /** Asked by a loaded model: whether it should leave its slot to one that waits. */
  boolean wanted(Capability capability, boolean idle) {
    return contended && leastUsed(capability, idle);
  }

  private synchronized boolean leastUsed(Capability capability, boolean idle) {
    Slot own = taken.get(capability);
    if (own == null || waiting.isEmpty()) {
      return false;
    }
    long now = nanos.getAsLong();
    own.lastUsed = idle ? own.lastUsed : now;
    boolean first = taken.values().stream().noneMatch(place -> place.lastUsed - own.lastUsed < 0);
    return first && (idle || now - own.since > TURN);
  }

  private static final class Slot {

    private final long since;
    private final Runnable wake;
    private long lastUsed;

    Slot(long now, Runnable wake) {
      this.since = now;
      this.lastUsed = now;
      this.wake = wake;
    }
  }
}
