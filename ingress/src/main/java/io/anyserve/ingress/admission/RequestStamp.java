package io.anyserve.ingress.admission;

import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestId;
import java.time.Duration;
import java.time.Instant;

/**
 * What the ingress gives a request when it comes in.
 *
 * @param timeout how long the caller waits for the whole answer
 * @param seed for callers that give none
 */
public record RequestStamp(
    RequestId request, ReplyTo reply, Instant acceptedAt, Duration timeout, long seed) {

  Instant deadline() {
    return acceptedAt.plus(timeout);
  }
}
