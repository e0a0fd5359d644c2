package io.anyserve.runtime.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class RestartBackoffTest {

  private final AtomicLong nanos = new AtomicLong(-7);
  private final RestartBackoff backoff = new RestartBackoff(nanos::get);

  @Test
  void doublesUpToTheLongest() {
    assertEquals(Duration.ofMillis(500), backoff.afterFailure());
    assertEquals(Duration.ofSeconds(1), backoff.afterFailure());
    for (int i = 0; i < 4; i++) {
      backoff.afterFailure();
    }
    assertEquals(RestartBackoff.LONGEST, backoff.afterFailure());
    assertEquals(RestartBackoff.LONGEST, backoff.afterFailure());
  }

  @Test
  void isShortAgainAfterACalmOnly() {
    backoff.afterFailure();
    backoff.afterFailure();
    nanos.addAndGet(RestartBackoff.CALM.toNanos() - 1);
    assertEquals(Duration.ofSeconds(2), backoff.afterFailure());
    nanos.addAndGet(RestartBackoff.CALM.toNanos());
    assertEquals(RestartBackoff.FIRST, backoff.afterFailure());
  }
}
