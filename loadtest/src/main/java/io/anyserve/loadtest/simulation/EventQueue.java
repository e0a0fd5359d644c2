package io.anyserve.loadtest.simulation;

import io.anyserve.loadtest.run.VirtualTime;
import java.util.PriorityQueue;

/**
 * The virtual clock: what is planned happens one after the other, in the order of its times, then
 * of its planning. Used by one thread.
 */
public final class EventQueue implements VirtualTime {

  private record Event(long at, long order, Runnable action) implements Comparable<Event> {

    @Override
    public int compareTo(Event other) {
      return at == other.at ? Long.compare(order, other.order) : Long.compare(at, other.at);
    }
  }

  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private long now;
  private long orders;
  private boolean woken;

  @Override
  public long nanos() {
    return now;
  }

  @Override
  public void at(long nanos, Runnable action) {
    events.add(new Event(Math.max(nanos, now), orders++, action));
  }

  /** As {@link #at}, so many nanoseconds from now. */
  void after(long nanos, Runnable action) {
    at(now + nanos, action);
  }

  /** Lets happen what is planned until then, or until somebody wakes the caller. */
  @Override
  public void waitUntil(long due) {
    woken = false;
    while (!woken && !events.isEmpty() && events.peek().at() <= due) {
      Event next = events.remove();
      now = next.at();
      next.action().run();
    }
    if (!woken) {
      now = Math.max(now, due);
    }
  }

  @Override
  public void wake() {
    woken = true;
  }
}
