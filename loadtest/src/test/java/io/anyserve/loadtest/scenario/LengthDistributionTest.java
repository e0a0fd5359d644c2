package io.anyserve.loadtest.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LengthDistributionTest {

  private static final int DRAWS = 20_000;

  @ParameterizedTest
  @CsvSource({
    "40, 40",
    "uniform 10 30, 20",
    "normal 100 20, 100",
    "exponential 50, 50",
    "lognormal 100 0.5, 113.3"
  })
  void theMeanIsThatOfTheDistribution(String text, double mean) {
    assertEquals(mean, draws(text, 3).average().orElseThrow(), mean * 0.03);
  }

  @Test
  void theMedianOfALogNormalIsTheOneGiven() {
    int[] sorted = draws("lognormal 100 0.8", 4).sorted().toArray();

    assertEquals(100, sorted[DRAWS / 2], 4);
  }

  @Test
  void nothingIsShorterThanOne() {
    assertTrue(draws("normal 2 50", 5).allMatch(length -> length >= 1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0",
        "-3",
        "many",
        "uniform 5",
        "uniform 5 4",
        "uniform 0 4",
        "normal 0 1",
        "lognormal 100 -1",
        "exponential 0",
        "exponential x",
        "gauss 1 2",
        "uniform 1 2 3"
      })
  void whatIsNoDistributionIsRefused(String text) {
    var problem =
        assertThrows(IllegalArgumentException.class, () -> LengthDistribution.parse(text));

    assertTrue(String.valueOf(problem.getMessage()).contains("expected: "), problem.toString());
  }

  private static IntStream draws(String text, long seed) {
    LengthDistribution lengths = LengthDistribution.parse(text);
    var random = new SplittableRandom(seed);
    return IntStream.range(0, DRAWS).map(_ -> lengths.draw(random));
  }
}
