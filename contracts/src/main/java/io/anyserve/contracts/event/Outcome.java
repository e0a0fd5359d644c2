package io.anyserve.contracts.event;

/** How a request ended. */
public enum Outcome {
  FINISHED,
  FAILED,
  CANCELLED
}
