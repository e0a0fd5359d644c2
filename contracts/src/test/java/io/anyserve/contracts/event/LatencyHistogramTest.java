package io.anyserve.contracts.event;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class LatencyHistogramTest {

  @Test
  void tellsQuantilesAsUpperBounds() {
    LatencyHistogram histogram = LatencyHistogram.EMPTY;
    for (int i = 0; i < 98; i++) {
      histogram = histogram.plus(LatencyHistogram.of(Duration.ofMillis(9)));
    }
    histogram = histogram.plus(LatencyHistogram.of(Duration.ofMillis(400)));
    histogram = histogram.plus(LatencyHistogram.of(Duration.ofDays(1)));
    assertEquals(100, histogram.total());
    assertEquals(Optional.of(Duration.ofMillis(10)), histogram.quantile(0.5));
    assertEquals(Optional.of(Duration.ofMillis(500)), histogram.quantile(0.99));
    assertEquals(Optional.of(Duration.ofHours(1)), histogram.quantile(1));
    assertEquals(Optional.empty(), LatencyHistogram.EMPTY.quantile(0.5));
  }

  @Test
  void clocksThatGoBackCountAsNoTime() {
    assertEquals(
        Optional.of(Duration.ofMillis(1)),
        LatencyHistogram.of(Duration.ofMillis(-5)).quantile(0.5));
  }
}
