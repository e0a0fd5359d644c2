package io.anyserve.worker;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.worker.schedule.Clocks;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class PauseDetectorTest {

  private long nanos;
  private Instant now = Instant.EPOCH;
  private final PauseDetector watch =
      new PauseDetector(new Clocks(() -> now, () -> nanos), Duration.ofSeconds(3));

  private void pass(Duration both) {
    nanos += both.toNanos();
    now = now.plus(both);
  }

  @Test
  void regularBeatsAreNothingSpecial() {
    for (int i = 0; i < 5; i++) {
      pass(Duration.ofSeconds(3));
      assertFalse(watch.beat());
    }
  }

  @Test
  void aStoppedProcessIsNoticedOnce() {
    pass(Duration.ofSeconds(4));
    assertTrue(watch.beat());
    pass(Duration.ofSeconds(1));
    assertFalse(watch.beat());
  }

  @Test
  void aMachineThatSleptIsNoticedByTheWallClock() {
    now = now.plusSeconds(60);
    assertTrue(watch.beat());
  }
}
