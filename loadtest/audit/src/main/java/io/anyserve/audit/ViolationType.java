package io.anyserve.audit;

/** What must not happen to a request. */
public enum ViolationType {
  /** Something accepted or written did not arrive, or has no end. */
  LOST,
  /** Something came twice, or ended twice. */
  REPEATED,
  /** It is not what the engine alone would have written. */
  WRONG,
  /** The ledger or its sums differ from the chunks that count. */
  DRIFT,
  /** A malformed record of which the topic {@code dlq} says nothing. */
  UNEXPLAINED
}
