package io.anyserve.loadtest.simulation;

import java.time.Duration;

/**
 * A worker dies.
 *
 * @param worker number, from 1
 * @param at from the start of the run
 * @param away until it is back
 */
public record WorkerFault(int worker, Duration at, Duration away) {

  public WorkerFault {
    if (worker < 1) {
      throw new IllegalArgumentException("worker: " + worker + " (expected: >= 1)");
    }
  }
}
