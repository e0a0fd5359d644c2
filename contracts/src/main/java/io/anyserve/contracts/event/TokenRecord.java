package io.anyserve.contracts.event;

import io.anyserve.contracts.RequestId;

/**
 * One record of the topic {@code tokens}.
 *
 * @param attempt from 1; 0 for a terminal event of a request that no worker took, and for
 *     duplicates
 * @param executionId random, one for each time that a worker takes a request; of duplicates the
 *     submission
 */
public record TokenRecord(RequestId request, int attempt, long executionId, TokenEvent event) {

  /** Far above any real attempt, so that the next one can always be counted. */
  public static final int MAX_ATTEMPT = 1 << 30;

  public TokenRecord {
    if (attempt < 0 || attempt > MAX_ATTEMPT) {
      throw new IllegalArgumentException(
          "attempt: " + attempt + " (expected: 0 to " + MAX_ATTEMPT + ")");
    }
  }

  /** The answer to one more submission of an idempotency key. */
  public static TokenRecord duplicate(
      RequestId request, long nonce, TokenEvent.DuplicateSubmission event) {
    return new TokenRecord(request, 0, nonce, event);
  }

  /** The same record with another event. */
  public TokenRecord with(TokenEvent other) {
    return new TokenRecord(request, attempt, executionId, other);
  }

  /** A terminal event of a request that no worker took. */
  public static TokenRecord unassigned(RequestId request, TokenEvent.Terminal event) {
    return new TokenRecord(request, 0, 0, event);
  }
}
