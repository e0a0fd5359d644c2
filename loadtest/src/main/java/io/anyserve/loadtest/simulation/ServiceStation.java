package io.anyserve.loadtest.simulation;

/**
 * Processors that serve one job after the other, first come, first served: a process, or a part of
 * one that does one thing at a time. Times are nanoseconds.
 */
final class ServiceStation {

  private final long[] freeAt;
  private long busy;
  private long longestWait;

  ServiceStation(int servers) {
    this.freeAt = new long[servers];
  }

  /**
   * Takes a job, and says when it is done.
   *
   * @param arrival not before that of the job before: a later one would keep a server idle
   */
  long serve(long arrival, long cost) {
    int next = 0;
    for (int i = 1; i < freeAt.length; i++) {
      next = freeAt[i] < freeAt[next] ? i : next;
    }
    long begin = Math.max(arrival, freeAt[next]);
    freeAt[next] = begin + cost;
    busy += cost;
    longestWait = Math.max(longestWait, begin - arrival);
    return freeAt[next];
  }

  int servers() {
    return freeAt.length;
  }

  /** Of all jobs that came since {@link #reset}, also where they still wait. */
  long busy() {
    return busy;
  }

  /** From the arrival of a job to its beginning, since {@link #reset}. */
  long longestWait() {
    return longestWait;
  }

  /** Forgets what it counted; what waits goes on waiting. */
  void reset() {
    busy = 0;
    longestWait = 0;
  }
}
