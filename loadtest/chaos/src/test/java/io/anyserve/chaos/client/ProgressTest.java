package io.anyserve.chaos.client;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class ProgressTest {

  private static final long MINUTE = Duration.ofMinutes(1).toNanos();
  private static final Duration LONG = Duration.ofDays(1);

  private final AtomicLong now = new AtomicLong();
  private final Progress progress = new Progress(now::get);

  @Test
  void aSystemThatGoesOnIsWaitedForHoweverSlowlyItGoes() {
    assertTrue(progress.await(() -> minutePasses(true) > 100 * MINUTE, LONG));
  }

  @Test
  void aSystemThatStandsStillIsNotWaitedFor() {
    assertFalse(progress.await(() -> minutePasses(false) > 100 * MINUTE, LONG));
    assertTrue(progress.standsStill(now.get()));
  }

  @Test
  void theLimitHoldsWhateverGoesOn() {
    assertFalse(progress.await(() -> minutePasses(true) > 100 * MINUTE, Duration.ofMinutes(5)));
    assertFalse(progress.standsStill(now.get()));
  }

  private long minutePasses(boolean something) {
    long later = now.addAndGet(MINUTE);
    if (something) {
      progress.made(later);
    }
    return later;
  }
}
