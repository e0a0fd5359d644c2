package io.anyserve.contracts.quota;

import java.util.OptionalLong;

/** What the fold says to a reservation. */
public sealed interface Verdict {

  /**
   * Let in.
   *
   * @param budget tokens of prompt and answer that it may use; empty where no limit counts tokens
   */
  record Granted(OptionalLong budget) implements Verdict {}

  /**
   * Turned away.
   *
   * @param limit that leaves too little
   * @param needed the least of its measure that would be of use
   */
  record Refused(LimitState limit, long needed) implements Verdict {}
}
