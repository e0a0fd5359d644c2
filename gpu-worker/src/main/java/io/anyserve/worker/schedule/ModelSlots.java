package io.anyserve.worker.schedule;

import io.anyserve.contracts.Capability;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How many models fit into memory at once. Who waits for a place gets the one used longest ago, as
 * soon as that is idle, or after its turn if it never is. Thread-safe.
 */
public final class ModelSlots {

  private static final long TURN = 2_000_000_000L;

  private final int places;
  private final LongSupplier nanos;
  private final Map<Capability, Place> taken = new LinkedHashMap<>();
  private final Deque<Capability> waiting = new ArrayDeque<>();
  private volatile boolean contended;

  public ModelSlots(int places, LongSupplier nanos) {
    this.places = places;
    this.nanos = nanos;
  }

  /**
   * True when the model may be loaded now; false puts it in the line.
   *
   * @param wake makes the holder ask whether its place is wanted
   */
  synchronized boolean enter(Capability capability, Runnable wake) {
    boolean next = waiting.isEmpty() || capability.equals(waiting.peekFirst());
    if (taken.containsKey(capability)) {
      return true;
    }
    if (taken.size() < places && next) {
      waiting.remove(capability);
      taken.put(capability, new Place(nanos.getAsLong(), wake));
    } else if (!waiting.contains(capability)) {
      waiting.addLast(capability);
      taken.values().forEach(place -> place.wake.run());
    }
    contended = !waiting.isEmpty();
    return taken.containsKey(capability);
  }

  /** It does not want a place any more, or has left its own. */
  synchronized void leave(Capability capability) {
    waiting.remove(capability);
    taken.remove(capability);
    contended = !waiting.isEmpty();
  }

  /** Asked by a model with a place: whether to make room for one that waits. */
  boolean wanted(Capability capability, boolean idle) {
    return contended && leastUsed(capability, idle);
  }

  private synchronized boolean leastUsed(Capability capability, boolean idle) {
    Place own = taken.get(capability);
    if (own == null || waiting.isEmpty()) {
      return false;
    }
    long now = nanos.getAsLong();
    own.lastUsed = idle ? own.lastUsed : now;
    boolean first = taken.values().stream().noneMatch(place -> place.lastUsed - own.lastUsed < 0);
    return first && (idle || now - own.since > TURN);
  }

  private static final class Place {

    private final long since;
    private final Runnable wake;
    private long lastUsed;

    Place(long now, Runnable wake) {
      this.since = now;
      this.lastUsed = now;
      this.wake = wake;
    }
  }
}
