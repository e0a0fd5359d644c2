package io.anyserve.metering;

import io.anyserve.contracts.event.UsageLine;
import java.time.Instant;
import java.util.Optional;

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
   * @param doubt why what the terminal event claims is impossible; the line does not have it
   */
  record Line(UsageLine line, long drift, Optional<RuntimeException> doubt) implements Metered {}

  /** It cannot be what it should be. */
  record Rejected(Reason reason, RuntimeException cause) implements Metered {

    /** Dated later than can be. */
    static Rejected future(Instant time, Instant latest) {
      var cause =
          new IllegalArgumentException("time: " + time + " (expected: at most " + latest + ")");
      return new Rejected(Reason.MALFORMED, cause);
    }
  }

  /** Why a record is rejected. */
  enum Reason {
    /** Bytes that are no token event. */
    MALFORMED,
    /** A chunk whose predecessor is missing. */
    GAP
  }
}
