package io.anyserve.runtime.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class PollPacingTest {

  private static final Duration GATHERING = Duration.ofMillis(50);
  private static final Duration WANTED = Duration.ofMillis(100);
  private static final Duration MOMENT = Duration.ofNanos(1);

  private long now = 7;
  private final PollPacing pacing = new PollPacing(GATHERING, PollPacing.BUSY, () -> now);

  @Test
  void aPollWithFewRecordsIsFollowedByAPauseThatEndsWhenTheyAreGathered() {
    pacing.polled(PollPacing.FEW - 1);
    pass(Duration.ofMillis(20));
    assertEquals(Duration.ofMillis(30).toNanos(), pacing.pause());
    pass(Duration.ofMillis(40));
    assertEquals(0, pacing.pause());
  }

  @Test
  void nothingIsWaitedForBeforeTheFirstRecordNorInACatchUp() {
    assertEquals(0, pacing.pause());
    pacing.polled(0);
    assertEquals(0, pacing.pause());
    pacing.polled(PollPacing.FEW);
    assertEquals(0, pacing.pause());
  }

  @Test
  void whoeverWaitsForEachRecordGathersNothing() {
    PollPacing prompt = new PollPacing(Duration.ZERO, PollPacing.BUSY, () -> now);
    prompt.polled(1);
    assertEquals(0, prompt.pause());
  }

  @Test
  void aPollWaitsLongerOnceNoRecordHasComeForAWhile() {
    pass(PollPacing.BUSY);
    assertEquals(WANTED, pacing.timeout(WANTED));
    pass(MOMENT);
    assertEquals(PollPacing.IDLE_POLL, pacing.timeout(WANTED));
    pacing.polled(0);
    assertEquals(PollPacing.IDLE_POLL, pacing.timeout(WANTED));
    pacing.polled(1);
    assertEquals(WANTED, pacing.timeout(WANTED));
  }

  @Test
  void anIdlePollIsNeverShorterThanWantedAndOneThatShallNotWaitDoesNot() {
    pass(PollPacing.BUSY.plus(MOMENT));
    assertEquals(Duration.ofSeconds(1), pacing.timeout(Duration.ofSeconds(1)));
    assertEquals(Duration.ZERO, pacing.timeout(Duration.ZERO));
  }

  private void pass(Duration time) {
    now += time.toNanos();
  }
}
