package io.anyserve.loadtest.arrivals;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class ArrivalsTest {

  private static final Duration LENGTH = Duration.ofSeconds(400);

  @Test
  void constantArrivalsHaveEvenDistances() {
    List<Double> times = seconds(new RateCurve.Steady(4), false, 1);

    assertEquals(1_600, times.size());
    assertEquals(0, times.getFirst());
    assertEquals(399.75, times.getLast(), 1e-6);
  }

  @Test
  void poissonArrivalsHaveExponentialGapsOfTheRate() {
    List<Double> times = seconds(new RateCurve.Steady(50), true, 7);

    assertEquals(20_000, times.size(), 500);
    long shorter = 0;
    for (int i = 1; i < times.size(); i++) {
      shorter += times.get(i) - times.get(i - 1) < 1 / 50.0 ? 1 : 0;
    }
    assertEquals(1 - Math.exp(-1), shorter / (times.size() - 1.0), 0.02);
  }

  @Test
  void aRampHasTheRateOfItsMomentAtEveryMoment() {
    List<Double> times = seconds(new RateCurve.Ramp(10, 90), true, 3);

    assertEquals(20_000, times.size(), 500);
    assertEquals(30, between(times, 80, 120) / 40.0, 3);
    assertEquals(70, between(times, 280, 320) / 40.0, 5);
  }

  @Test
  void aFallingRampEndsWithItsLength() {
    List<Double> times = seconds(new RateCurve.Ramp(20, 0.001), false, 1);

    assertEquals(4_000, times.size(), 2);
    assertTrue(times.getLast() < 400);
  }

  @Test
  void burstsComeAtTheBeginningOfEveryPeriod() {
    var bursts = new RateCurve.Bursts(10, 200, Duration.ofSeconds(20), Duration.ofSeconds(2));
    List<Double> times = seconds(bursts, true, 5);

    assertEquals(20 * (2 * 200 + 18 * 10), times.size(), 300);
    assertEquals(400, between(times, 200, 202), 60);
    assertEquals(180, between(times, 202, 220), 50);
  }

  @Test
  void theSameSeedGivesTheSameTimes() {
    var curve = new RateCurve.Ramp(1, 30);

    assertEquals(seconds(curve, true, 11), seconds(curve, true, 11));
    assertTrue(!seconds(curve, true, 11).equals(seconds(curve, true, 12)));
  }

  @Test
  void timesAscend() {
    List<Double> times =
        seconds(
            new RateCurve.Bursts(3, 90, Duration.ofSeconds(5), Duration.ofMillis(200)), true, 2);

    assertEquals(times.stream().sorted().toList(), times);
  }

  @Test
  void refusesRatesThatNobodyCanKeep() {
    Duration second = Duration.ofSeconds(1);

    assertThrows(IllegalArgumentException.class, () -> new RateCurve.Steady(0));
    assertThrows(IllegalArgumentException.class, () -> new RateCurve.Steady(Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> new RateCurve.Ramp(1, -1));
    assertThrows(IllegalArgumentException.class, () -> new RateCurve.Bursts(1, 2, second, second));
  }

  private static List<Double> seconds(RateCurve curve, boolean random, long seed) {
    Arrivals.Times times = new Arrivals(curve, random).times(LENGTH, new SplittableRandom(seed));
    List<Double> all = new ArrayList<>();
    for (Optional<Long> at = times.next(); at.isPresent(); at = times.next()) {
      all.add(at.get() / 1e9);
    }
    return all;
  }

  private static double between(List<Double> times, double from, double to) {
    return times.stream().filter(at -> at >= from && at < to).count();
  }
}
