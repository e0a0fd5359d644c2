package io.anyserve.contracts.event;

import io.anyserve.contracts.RequestId;

/**
 * One record of the topic {@code tokens}.
 *
 * @param attempt from 1; 0 for a terminal event of a request that no worker took
 * @param run random, one for each time that a worker takes a request
 */
public record TokenRecord(RequestId request, int attempt, long run, TokenEvent event) {

  public TokenRecord {
    if (attempt < 0) {
      throw new IllegalArgumentException("attempt: " + attempt + " (expected: >= 0)");
    }
  }

  /** A terminal event of a request that no worker took. */
  public static TokenRecord untaken(RequestId request, TokenEvent.Terminal event) {
    return new TokenRecord(request, 0, 0, event);
  }
}
