package io.anyserve.loadtest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class PoissonArrivalsTest {

  @Test
  void gapsAreExponentialWithTheMeanOfTheRate() {
    long[] due = new PoissonArrivals(50, 20_000).arrivals(new Random(1));

    assertEquals(20_000 / 50.0, due[due.length - 1] / 1e9, 10);
    long shorterThanMean = 0;
    for (int i = 1; i < due.length; i++) {
      shorterThanMean += due[i] - due[i - 1] < 1e9 / 50 ? 1 : 0;
    }
    assertEquals(1 - Math.exp(-1), shorterThanMean / (due.length - 1.0), 0.02);
  }

  @Test
  void aSlowSystemIsNotAskedLessOften() {
    AtomicLong clock = new AtomicLong();
    List<Long> intended = new ArrayList<>();
    PoissonArrivals pace = new PoissonArrivals(1_000, 50);

    pace.run(
        new Random(2),
        () -> clock.addAndGet(1_000_000),
        start -> {
          intended.add(start);
          clock.addAndGet(100_000_000);
        });

    long[] due = pace.arrivals(new Random(2));
    for (int i = 0; i < due.length; i++) {
      assertEquals(due[i] - due[0], intended.get(i) - intended.getFirst());
    }
    assertTrue(clock.get() - intended.getLast() > 1_000_000_000);
  }

  @Test
  void refusesWhatCannotBePaced() {
    assertThrows(IllegalArgumentException.class, () -> new PoissonArrivals(0, 1));
    assertThrows(IllegalArgumentException.class, () -> new PoissonArrivals(Double.NaN, 1));
    assertThrows(IllegalArgumentException.class, () -> new PoissonArrivals(1, 0));
  }
}
