package io.anyserve.quota;

import java.util.OptionalLong;

/** What the fold says to a reservation. */
public sealed interface ReservationDecision {

  /**
   * Let in.
   *
   * @param budget tokens of prompt and answer that it may use; empty where no limit counts tokens
   */
  record Granted(OptionalLong budget) implements ReservationDecision {}

  /**
   * Turned away.
   *
   * @param limit that leaves too little
   * @param needed the least of its unit that would be of use
   */
  record Refused(LimitStatus limit, long needed) implements ReservationDecision {}
}
