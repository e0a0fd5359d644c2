package io.anyserve.loadtest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class LatencyRecorderTest {

  @Test
  void percentilesAreThoseOfTheTimes() {
    LatencyRecorder recorder = new LatencyRecorder();
    LongStream.rangeClosed(1, 1_000).forEach(i -> recorder.record(i * 1_000));

    Latency latency = recorder.latency();

    assertEquals(1_000, latency.count());
    assertEquals(500, latency.p50(), 1);
    assertEquals(950, latency.p95(), 1);
    assertEquals(990, latency.p99(), 1);
    assertEquals(500.5, latency.mean(), 1);
    assertEquals(1_000, latency.max(), 1);
  }

  @Test
  void windowsHaveWhatCameSinceTheLastOne() {
    LatencyRecorder recorder = LatencyRecorder.windowed();
    recorder.record(5_000);
    recorder.record(7_000);
    assertEquals(2, recorder.window().count());
    recorder.record(9_000);

    Latency window = recorder.window();

    assertEquals(1, window.count());
    assertEquals(9, window.p50(), 0.01);
    assertEquals(3, recorder.latency().count());
    assertEquals(Latency.NONE.count(), recorder.window().count());
    assertThrows(IllegalStateException.class, () -> new LatencyRecorder().window());
  }

  @Test
  void bucketsAddUpAndFollowEachOther() {
    LatencyRecorder recorder = new LatencyRecorder();
    LongStream.rangeClosed(1, 5_000).forEach(i -> recorder.record(i * 10_000));

    List<LatencyBucket> buckets = recorder.buckets();

    assertEquals(5_000, buckets.stream().mapToLong(LatencyBucket::count).sum());
    assertTrue(buckets.getFirst().count() > 0);
    for (int i = 1; i < buckets.size(); i++) {
      assertTrue(buckets.get(i).from() >= buckets.get(i - 1).from());
      assertTrue(buckets.get(i).to() > buckets.get(i).from());
    }
    assertEquals(List.of(), new LatencyRecorder().buckets());
  }
}
