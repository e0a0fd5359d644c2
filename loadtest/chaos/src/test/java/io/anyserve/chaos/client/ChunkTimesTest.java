package io.anyserve.chaos.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class ChunkTimesTest {

  private static final long MILLI = 1_000_000;

  @Test
  void theLongestGapOfAStretchOverlapsIt() {
    ChunkTimes times = times(100, 110, 310, 320, 820);

    assertEquals(OptionalLong.of(500 * MILLI), times.longestGap(0, 2_000 * MILLI));
    assertEquals(OptionalLong.of(200 * MILLI), times.longestGap(150 * MILLI, 320 * MILLI));
    assertEquals(OptionalLong.of(0), times.longestGap(310 * MILLI, 320 * MILLI));
  }

  @Test
  void aStreamWithoutAChunkInTheStretchHasNoGapThere() {
    assertEquals(OptionalLong.empty(), times().longestGap(0, 2_000 * MILLI));
    assertEquals(OptionalLong.empty(), times(100).longestGap(0, 50 * MILLI));
    assertEquals(OptionalLong.empty(), times(100, 400).longestGap(500 * MILLI, 600 * MILLI));
  }

  @Test
  void theWaitForTheFirstChunkBelongsToTheStretchOfTheCall() {
    ChunkTimes times = times(700, 800);

    assertEquals(OptionalLong.of(700 * MILLI), times.wait(0, 100 * MILLI));
    assertEquals(OptionalLong.empty(), times.wait(100 * MILLI, 900 * MILLI));
    assertEquals(OptionalLong.empty(), times().wait(0, 100 * MILLI));
  }

  @Test
  void aCopyStaysAsItIs() {
    ChunkTimes times = times(100);
    ChunkTimes copy = times.copy();
    times.add(900 * MILLI);

    assertEquals(OptionalLong.of(0), copy.longestGap(0, 2_000 * MILLI));
    assertEquals(OptionalLong.of(800 * MILLI), times.longestGap(0, 2_000 * MILLI));
  }

  private static ChunkTimes times(long... millis) {
    ChunkTimes times = new ChunkTimes(0);
    for (long chunk : millis) {
      times.add(chunk * MILLI);
    }
    return times;
  }
}
