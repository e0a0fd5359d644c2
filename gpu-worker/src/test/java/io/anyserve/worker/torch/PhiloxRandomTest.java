package io.anyserve.worker.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PhiloxRandomTest {

  /** Known answers of the Random123 distribution, {@code philox2x64 10}. */
  @Test
  void isPhilox() {
    assertArrayEquals(
        new long[] {0xca00a0459843d731L, 0x66c24222c9a845b5L}, PhiloxRandom.philox(0, 0, 0));
    assertArrayEquals(
        new long[] {0x65b021d60cd8310fL, 0x4d02f3222f86df20L}, PhiloxRandom.philox(-1, -1, -1));
    assertArrayEquals(
        new long[] {0x0a5e742c2997341cL, 0xb0f883d38000de5dL},
        PhiloxRandom.philox(0x243f6a8885a308d3L, 0x13198a2e03707344L, 0xa4093822299f31d0L));
  }

  @Test
  void dependsOnSeedAndPositionAlone() {
    assertEquals(PhiloxRandom.uniform(7, 40), PhiloxRandom.uniform(7, 40));
    assertNotEquals(PhiloxRandom.uniform(7, 40), PhiloxRandom.uniform(7, 41));
    assertNotEquals(PhiloxRandom.uniform(7, 40), PhiloxRandom.uniform(8, 40));
  }

  @Test
  void isUniform() {
    int[] tenths = new int[10];
    LongStream.range(0, 100_000)
        .forEach(position -> tenths[(int) (10 * PhiloxRandom.uniform(3, position))]++);
    for (int count : tenths) {
      assertTrue(Math.abs(count - 10_000) < 500, () -> "count: " + count);
    }
  }
}
