package io.anyserve.loadtest.run;

import java.util.PriorityQueue;

/**
 * A clock that stands still until somebody waits; then it goes to what is planned next. One thread
 * uses it, which plays the service, too.
 */
final class FakeLoadClock implements LoadClock {

  private record Planned(long at, long order, Runnable action) implements Comparable<Planned> {

    @Override
    public int compareTo(Planned other) {
      return at == other.at ? Long.compare(order, other.order) : Long.compare(at, other.at);
    }
  }

  private final PriorityQueue<Planned> planned = new PriorityQueue<>();
  private long now;
  private long orders;

  /** Does it so many nanoseconds from now. */
  void after(long nanos, Runnable action) {
    planned.add(new Planned(now + nanos, orders++, action));
  }

  /** Passes time while the caller is busy. */
  void pass(long nanos) {
    now += nanos;
  }

  @Override
  public long nanos() {
    return now;
  }

  @Override
  public void waitUntil(long due) {
    if (!planned.isEmpty() && planned.peek().at() <= due) {
      Planned next = planned.remove();
      now = Math.max(now, next.at());
      next.action().run();
    } else {
      now = Math.max(now, due);
    }
  }

  @Override
  public void wake() {}
}
