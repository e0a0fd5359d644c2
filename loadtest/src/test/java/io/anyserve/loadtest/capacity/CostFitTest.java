package io.anyserve.loadtest.capacity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class CostFitTest {

  private static final List<CostSample> SAMPLES =
      List.of(
          sample(3_000, 9_000, 3_000),
          sample(100, 10_200, 10_000),
          sample(1_000, 40_000, 200_000),
          sample(1_000, 50_000, 400_000));

  @Test
  void findsTheCostsBehindLoads() {
    ProcessCosts fit =
        CostFit.of(
            SAMPLES,
            sample -> 200 * sample.requests() + 30 * sample.records() + 4 * sample.chunks());

    assertEquals(200, fit.request(), 1);
    assertEquals(30, fit.record(), 0.3);
    assertEquals(4, fit.chunk(), 0.1);
  }

  @Test
  void noCostIsNegative() {
    ProcessCosts fit =
        CostFit.of(SAMPLES, sample -> Math.max(0, 30 * sample.records() - 10 * sample.requests()));

    assertEquals(0, fit.request());
    assertEquals(30, fit.record(), 3);
  }

  @Test
  void twoLoadsDoNotTellThreeCosts() {
    assertThrows(IllegalArgumentException.class, () -> CostFit.of(SAMPLES.subList(0, 2), _ -> 1));
  }

  private static CostSample sample(double requests, double records, double chunks) {
    return new CostSample("load", requests, records, chunks, Map.of(), Map.of());
  }
}
