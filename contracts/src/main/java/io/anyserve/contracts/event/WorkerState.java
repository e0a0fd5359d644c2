package io.anyserve.contracts.event;

/**
 * A worker's life as it announces it: READY, then DRAINING, then STOPPED; or straight to STOPPED.
 */
public enum WorkerState {
  READY,
  DRAINING,
  STOPPED
}
