package io.anyserve.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class LrScheduleTest {

  private final LrSchedule schedule = LrSchedule.story(4000);

  @Test
  void risesStaysAndFalls() {
    assertTrue(schedule.rate(0) < schedule.rate(50));
    assertEquals(schedule.peakRate(), schedule.rate(100));
    assertEquals(schedule.peakRate(), schedule.rate(2600));
    for (int step = 2700; step < 3999; step++) {
      assertTrue(schedule.rate(step + 1) < schedule.rate(step), "step " + step);
    }
    assertTrue(schedule.rate(3999) > 0);
  }

  @Test
  void aLongerRunStartsAsAShorterOne() {
    for (int step = 0; step < 2600; step++) {
      assertEquals(schedule.rate(step), LrSchedule.story(6000).rate(step), "step " + step);
    }
  }

  @Test
  void everyStepSeesAsManyTokens() {
    for (int step = 0; step < 16; step++) {
      int tokens = LrSchedule.SHARDS * schedule.rows(step) * schedule.length(step);
      assertEquals(schedule.tokensPerStep(), tokens, "step " + step);
    }
  }

  @Test
  void someStepsReachTheLastPosition() {
    assertEquals(ModelShape.story(2048).positions(), schedule.length(7));
  }

  @Test
  void refusesNoSteps() {
    var error = assertThrows(IllegalArgumentException.class, () -> LrSchedule.story(0));
    assertEquals("steps: 0 (expected: >= 1)", error.getMessage());
  }
}
