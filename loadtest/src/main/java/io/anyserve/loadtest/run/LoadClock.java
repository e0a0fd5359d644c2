package io.anyserve.loadtest.run;

/** The time of a run, in nanoseconds from any origin. */
public interface LoadClock {

  long nanos();

  /** Waits until then, or less: until {@link #wake} or for no reason. Called by one thread. */
  void waitUntil(long due);

  /** Ends the wait, or the next one, from any thread. */
  void wake();
}
