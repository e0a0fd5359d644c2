package io.anyserve.worker.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.contracts.sampling.LogitBias;
import io.anyserve.contracts.sampling.Penalties;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class LogitAdjustmentsTest {

  @Test
  void biasAndPenaltyOfATokenAreOneAmount() {
    var adjustments =
        new LogitAdjustments(LogitBias.of(Map.of(3, 10.0, 5, -1.0)), new Penalties(1, 0.5));
    adjustments.add(7);
    adjustments.add(3);
    adjustments.add(3);
    assertEquals(Map.of(1003L, 8.0, 1005L, -1.0, 1007L, -1.5), amounts(adjustments));
  }

  @Test
  void nothingIsCountedWithoutPenalties() {
    var adjustments = new LogitAdjustments(LogitBias.of(Map.of(3, 10.0)), Penalties.NONE);
    adjustments.add(3);
    adjustments.add(7);
    assertEquals(Map.of(1003L, 10.0), amounts(adjustments));
    assertEquals(Map.of(), amounts(LogitAdjustments.NONE));
  }

  @Test
  void whatRepeatsIsOfPromptAndAnswer() {
    var adjustments = new LogitAdjustments(LogitBias.NONE, new Penalties(0, 0, 1.5));
    adjustments.addPrompt(4, 9, 4);
    adjustments.add(9);
    adjustments.add(2);
    long[] places = new long[adjustments.repeated()];
    double[] penalties = new double[places.length];
    adjustments.writeRepeated(places, penalties, 0, 100);
    assertArrayEquals(new long[] {104, 109, 102}, places);
    assertArrayEquals(new double[] {1.5, 1.5, 1.5}, penalties);
    assertEquals(Map.of(), amounts(adjustments));
  }

  @Test
  void anEndDoesNotComeBeforeTheLeastLength() {
    var adjustments = new LogitAdjustments(LogitBias.NONE, Penalties.NONE, Set.of(6), 2);
    assertEquals(Map.of(1006L, Double.NEGATIVE_INFINITY), amounts(adjustments));
    adjustments.add(1);
    assertEquals(Map.of(1006L, Double.NEGATIVE_INFINITY), amounts(adjustments));
    adjustments.add(1);
    assertEquals(Map.of(), amounts(adjustments));
  }

  private static Map<Long, Double> amounts(LogitAdjustments adjustments) {
    long[] places = new long[adjustments.added()];
    double[] amounts = new double[adjustments.added()];
    adjustments.writeAdded(places, amounts, 0, 1000);
    Map<Long, Double> all = new TreeMap<>();
    for (int i = 0; i < places.length; i++) {
      all.merge(places[i], amounts[i], Double::sum);
    }
    assertEquals(places.length, all.size(), "a place is there twice");
    return all;
  }
}
