package io.anyserve.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class FaultScheduleTest {

  private static final List<FaultKind> ALL = List.of(FaultKind.values());

  @Test
  void theSeedDecidesEverything() {
    assertEquals(planned(7, 100), planned(7, 100));
    assertNotEquals(planned(7, 100), planned(8, 100));
  }

  @Test
  void allKindsComeEquallyOften() {
    Map<FaultKind, Integer> counts = new EnumMap<>(FaultKind.class);
    planned(1, 8 * ALL.size()).forEach(planned -> counts.merge(planned.kind(), 1, Integer::sum));

    assertEquals(ALL.size(), counts.size());
    assertTrue(counts.values().stream().allMatch(count -> count == 8), counts.toString());
  }

  @Test
  void onlyWhatWasAskedForComes() {
    FaultSchedule schedule = new FaultSchedule(1, List.of(FaultKind.MALFORMED));

    assertTrue(IntStream.range(0, 10).allMatch(_ -> schedule.next().kind() == FaultKind.MALFORMED));
    assertThrows(IllegalArgumentException.class, () -> new FaultSchedule(1, List.of()));
  }

  @Test
  void aFaultLastsAsLongAsItsKindSays() {
    planned(5, 300)
        .forEach(
            planned -> {
              Duration duration = planned.duration();
              assertTrue(duration.compareTo(planned.kind().duration(0)) >= 0, planned.toString());
              assertTrue(duration.compareTo(planned.kind().duration(1)) <= 0, planned.toString());
              assertTrue(planned.pause().isPositive(), planned.toString());
            });
  }

  @Test
  void kindsAreNamedAsPeopleWriteThem() {
    assertEquals(FaultKind.BROKER_HALF_CLOSE, FaultKind.of("broker-half-close"));
    assertThrows(IllegalArgumentException.class, () -> FaultKind.of("earthquake"));
  }

  private static List<FaultSchedule.Planned> planned(long seed, int count) {
    FaultSchedule schedule = new FaultSchedule(seed, ALL);
    return IntStream.range(0, count).mapToObj(_ -> schedule.next()).toList();
  }
}
