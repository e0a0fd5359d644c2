package io.anyserve.quota;

import java.util.OptionalLong;

/**
 * What a request that was let in holds.
 *
 * @param offset of its record
 * @param at time of its record, milliseconds since the epoch
 * @param due when it expires, or, where it has, when it is forgotten; milliseconds since the epoch
 * @param expired it holds nothing any more, but what it used still counts
 */
record Reservation(
    QuotaSubject subject,
    long nonce,
    QuotaAmounts held,
    OptionalLong budget,
    long offset,
    long at,
    long due,
    boolean expired) {

  Reservation expiredUntil(long forgotten) {
    return new Reservation(subject, nonce, held, budget, offset, at, forgotten, true);
  }

  /** What is to be taken off again. */
  QuotaAmounts open() {
    return expired ? QuotaAmounts.NONE : held;
  }
}
