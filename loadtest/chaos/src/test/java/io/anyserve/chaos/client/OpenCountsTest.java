package io.anyserve.chaos.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class OpenCountsTest {

  private final OpenCounts counts = new OpenCounts();

  @Test
  void theMedianOfTheLastSecondsIsUsual() {
    assertEquals(0, counts.usual());
    IntStream.range(0, 30).forEach(_ -> counts.sample(100));
    IntStream.rangeClosed(1, 20).forEach(counts::sample);
    assertEquals(11, counts.usual());
  }

  @Test
  void whatWaitsDuringAFaultIsNotUsual() {
    counts.sample(5);
    counts.beginFault();
    counts.sample(400);
    counts.sample(80);
    counts.endFault();
    assertEquals(400, counts.peak());
    assertEquals(5, counts.usual());
    counts.sample(7);
    counts.sample(9);
    assertEquals(7, counts.usual());
    counts.beginFault();
    assertEquals(0, counts.peak());
  }

  @Test
  void arrivalsComeInClusters() {
    assertEquals(1, OpenCounts.most(0));
    assertEquals(16, OpenCounts.most(9));
  }
}
