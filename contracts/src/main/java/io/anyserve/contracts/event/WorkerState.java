package io.anyserve.contracts.event;

/**
 * The states that a worker's heartbeats name: READY, then DRAINING, then STOPPED; or straight to
 * STOPPED.
 */
public enum WorkerState {
  READY,
  DRAINING,
  STOPPED
}
