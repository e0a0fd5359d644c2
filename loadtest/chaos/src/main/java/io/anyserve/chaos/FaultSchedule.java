package io.anyserve.chaos;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/**
 * Which fault comes next, a function of the seed. All kinds come equally often: they are dealt from
 * a shuffled deck that is shuffled anew when it is used up. Faults come one after another, so no
 * two ever need the one broker at once. Not thread-safe.
 */
final class FaultSchedule {

  private static final int SHORTEST_PAUSE_MILLIS = 300;
  private static final int PAUSES_MILLIS = 1200;

  private final List<FaultKind> kinds;
  private final Random random;
  private final Deque<FaultKind> deck = new ArrayDeque<>();

  /**
   * One fault of the schedule.
   *
   * @param choice of the process, any number
   * @param duration until it is lifted
   * @param pause before the next fault
   */
  record Planned(FaultKind kind, int choice, Duration duration, Duration pause) {}

  FaultSchedule(long seed, List<FaultKind> kinds) {
    if (kinds.isEmpty()) {
      throw new IllegalArgumentException("faults: none (expected: at least one kind)");
    }
    this.kinds = List.copyOf(kinds);
    this.random = new Random(seed);
  }

  Planned next() {
    if (deck.isEmpty()) {
      List<FaultKind> dealt = new ArrayList<>(kinds);
      Collections.shuffle(dealt, random);
      deck.addAll(dealt);
    }
    FaultKind kind = deck.remove();
    return new Planned(
        kind,
        random.nextInt(Integer.MAX_VALUE),
        kind.duration(random.nextDouble()),
        Duration.ofMillis(SHORTEST_PAUSE_MILLIS + random.nextInt(PAUSES_MILLIS)));
  }
}
