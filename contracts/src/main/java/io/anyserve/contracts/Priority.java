package io.anyserve.contracts;

/** Which of the two topics of a capability a request waits in. */
public enum Priority {
  INTERACTIVE,
  BATCH
}
