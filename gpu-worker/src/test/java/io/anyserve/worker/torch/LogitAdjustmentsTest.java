package io.anyserve.worker.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.contracts.sampling.LogitBias;
import io.anyserve.contracts.sampling.Penalties;
import java.util.Map;
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

  private static Map<Long, Double> amounts(LogitAdjustments adjustments) {
    long[] places = new long[adjustments.size()];
    double[] amounts = new double[adjustments.size()];
    adjustments.write(places, amounts, 0, 1000);
    Map<Long, Double> all = new TreeMap<>();
    for (int i = 0; i < places.length; i++) {
      all.merge(places[i], amounts[i], Double::sum);
    }
    assertEquals(places.length, all.size(), "a place is there twice");
    return all;
  }
}
