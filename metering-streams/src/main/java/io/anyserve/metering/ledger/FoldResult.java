package io.anyserve.metering.ledger;

import io.anyserve.contracts.event.LedgerEntry;
import java.util.Optional;

/** What one record of the topic {@code tokens} means for the ledger. */
public sealed interface FoldResult {

  /** Nothing is to be written. */
  enum Quiet implements FoldResult {
    /** It counts. */
    COUNTED,
    /** Of a fenced execution, or of a request that is not in flight. */
    VOID,
    /** It counted before. */
    REPEATED
  }

  /**
   * A Started that says what cannot be; it counts without it.
   *
   * @param doubt what was left out
   */
  record Doubted(Quiet verdict, RuntimeException doubt) implements FoldResult {}

  /**
   * The request ended.
   *
   * @param drift tokens that the terminal event claims beyond those in the log
   * @param doubt what the terminal event says and cannot be; the entry does not have it
   */
  record Entry(LedgerEntry entry, long drift, Optional<RuntimeException> doubt)
      implements FoldResult {}

  /** It cannot be what it should be. */
  record Rejected(Reason reason, RuntimeException cause) implements FoldResult {}

  /** Why a record is rejected. */
  enum Reason {
    /** Bytes that are no token event. */
    MALFORMED,
    /** A chunk whose predecessor is missing. */
    GAP,
    /** Metering itself fails at it: what it would have counted is in no entry. */
    FAULT
  }
}
