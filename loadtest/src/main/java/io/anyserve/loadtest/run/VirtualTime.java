package io.anyserve.loadtest.run;

/** A clock that stands still until somebody waits. Used by one thread, which plays the service. */
public interface VirtualTime extends LoadClock {

  /** Does it at that time, or at once where that has passed; in the order of asking. */
  void at(long nanos, Runnable action);
}
