package io.anyserve.ingress.quota;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.TenantId;
import io.anyserve.quota.LimitStatus;
import io.anyserve.quota.Period;
import io.anyserve.quota.QuotaLimit;
import io.anyserve.quota.QuotaScope.OfTenant;
import io.anyserve.quota.QuotaUnit;
import io.anyserve.quota.ReservationDecision.Refused;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class QuotaErrorsTest {

  private static final Instant NOW = Instant.ofEpochSecond(1_000_000);
  private static final Duration LEFT = Duration.ofSeconds(42);

  @Test
  void aLimitByTheMinuteIsARateAndSaysWhenItRefills() {
    Failure failure = refusal(Period.MINUTE, 100, 60);
    assertEquals(FailureCode.RATE_LIMITED, failure.code());
    assertEquals(Optional.of(LEFT), failure.hint().orElseThrow().retryAfter());
    assertEquals("60", failure.hint().orElseThrow().about().get("needed"));
  }

  @Test
  void aLimitByTheDayIsUsedUpHoweverSoonItsPeriodEnds() {
    Failure failure = refusal(Period.DAY, 100, 60);
    assertEquals(FailureCode.QUOTA_EXHAUSTED, failure.code());
    assertEquals(Optional.of(LEFT), failure.hint().orElseThrow().retryAfter());
  }

  @Test
  void whatNoMinuteHoldsIsNoMatterOfRate() {
    Failure failure = refusal(Period.MINUTE, 50, 60);
    assertEquals(FailureCode.QUOTA_EXHAUSTED, failure.code());
    assertEquals(Optional.empty(), failure.hint().orElseThrow().retryAfter());
    assertEquals(FailureCode.QUOTA_EXHAUSTED, refusal(Period.MINUTE, 0, 0).code());
  }

  private static Failure refusal(Period period, long amount, long needed) {
    var limit = new QuotaLimit(QuotaUnit.TOKENS, period, amount);
    var state =
        new LimitStatus(new OfTenant(new TenantId("acme")), limit, amount, 0, NOW.plus(LEFT));
    return QuotaErrors.of(new Refused(state, needed), NOW);
  }
}
