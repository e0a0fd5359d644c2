package io.anyserve.contracts;

/** Why work was stopped on purpose. */
public enum CancelReason {
  EXPLICIT,
  CLIENT_GONE,
  DEADLINE,
  QUOTA
}
