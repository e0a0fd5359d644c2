package io.anyserve.metering;

import io.anyserve.contracts.event.UsageLine;

/** What one record of the topic {@code tokens} means for the ledger. */
sealed interface Metered {

  /** Nothing is to be written. */
  enum Quiet implements Metered {
    /** It counts. */
    COUNTED,
    /** Of a fenced run, or of a request that is not in flight. */
    VOID,
    /** It counted before. */
    REPEATED
  }

  /**
   * The request ended.
   *
   * @param drift tokens that the terminal event claims beyond those in the log
   */
  record Line(UsageLine line, long drift) implements Metered {}

  /** It cannot be what it should be. */
  record Rejected(Reason reason, RuntimeException cause) implements Metered {}

  /** Why a record is rejected. */
  enum Reason {
    /** Bytes that are no token event. */
    MALFORMED,
    /** A chunk whose predecessor is missing. */
    GAP
  }
}
