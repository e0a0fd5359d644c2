package io.anyserve.ingress.quota;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.quota.LimitStatus;
import io.anyserve.quota.Period;
import io.anyserve.quota.ReservationDecision.Refused;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** What a caller is told whom a quota turns away. */
final class QuotaErrors {

  private QuotaErrors() {}

  static Failure of(Refused refused, Instant now) {
    LimitStatus state = refused.limit();
    String message =
        "quota of %s: %s, %d left (expected: at least %d); begins anew at %s"
            .formatted(
                state.scope(), state.limit(), state.left(), refused.needed(), state.resetsAt());
    Optional<Duration> retryAfter = retryAfter(refused, now);
    return new Failure(
        code(state, retryAfter),
        message,
        Optional.of(new Failure.Hint(retryAfter, about(refused))));
  }

  /** A limit by the minute is a rate: the same request fits into one of the next minutes. */
  private static FailureCode code(LimitStatus state, Optional<Duration> retryAfter) {
    return state.limit().period() == Period.MINUTE && retryAfter.isPresent()
        ? FailureCode.RATE_LIMITED
        : FailureCode.QUOTA_EXHAUSTED;
  }

  /** Never, where the request is larger than the whole limit. */
  private static Optional<Duration> retryAfter(Refused refused, Instant now) {
    LimitStatus state = refused.limit();
    return refused.needed() > state.limit().amount() || state.limit().amount() == 0
        ? Optional.empty()
        : Optional.of(Duration.between(now, state.resetsAt()))
            .map(wait -> wait.isNegative() ? Duration.ZERO : wait);
  }

  private static Map<String, String> about(Refused refused) {
    LimitStatus state = refused.limit();
    return Map.of(
        "scope", state.scope().toString(),
        "measure", state.limit().unit().toString(),
        "period", state.limit().period().toString(),
        "limit", Long.toString(state.limit().amount()),
        "left", Long.toString(state.left()),
        "needed", Long.toString(refused.needed()),
        "resets_at", state.resetsAt().toString());
  }

  static Failure unknown(String why) {
    return new Failure(FailureCode.BROKER_UNAVAILABLE, "quota state unavailable: " + why);
  }
}
