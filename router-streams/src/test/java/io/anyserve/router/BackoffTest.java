package io.anyserve.router;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class BackoffTest {

  private final AtomicLong nanos = new AtomicLong(-7);
  private final Backoff backoff = new Backoff(nanos::get);

  @Test
  void doublesUpToTheLongest() {
    assertEquals(Duration.ofMillis(500), backoff.afterFailure());
    assertEquals(Duration.ofSeconds(1), backoff.afterFailure());
    for (int i = 0; i < 4; i++) {
      backoff.afterFailure();
    }
    assertEquals(Backoff.LONGEST, backoff.afterFailure());
    assertEquals(Backoff.LONGEST, backoff.afterFailure());
  }

  @Test
  void isShortAgainAfterACalmOnly() {
    backoff.afterFailure();
    backoff.afterFailure();
    nanos.addAndGet(Backoff.CALM.toNanos() - 1);
    assertEquals(Duration.ofSeconds(2), backoff.afterFailure());
    nanos.addAndGet(Backoff.CALM.toNanos());
    assertEquals(Backoff.FIRST, backoff.afterFailure());
  }
}
