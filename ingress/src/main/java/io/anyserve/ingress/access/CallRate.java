package io.anyserve.ingress.access;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * How the limit of a caller stands after a call.
 *
 * @param allowed whether the call may go on
 * @param limit calls a minute
 * @param remaining calls that could follow at once
 * @param reset until all of them can
 * @param retryAfter until the next one can; zero where it can now
 */
public record CallRate(
    boolean allowed, long limit, long remaining, Duration reset, Duration retryAfter) {

  /** Why a call that is not allowed is refused. */
  public Failure failure() {
    return new Failure(
        FailureCode.RATE_LIMITED,
        "calls: over the limit (expected: at most %d a minute; the next one in %d ms)"
            .formatted(limit, Math.max(1, retryAfter.toMillis())),
        Optional.of(
            new Failure.Hint(
                Optional.of(retryAfter), Map.of("limit", Long.toString(limit), "unit", "calls"))));
  }
}
