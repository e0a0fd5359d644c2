package io.anyserve.training;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.anyserve.training.WeightSpec.Start;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SafetensorsWriterTest {

  private static final List<WeightSpec> SPECS =
      List.of(
          new WeightSpec("a.weight", List.of(2L, 3L), new Start.Constant(1)),
          new WeightSpec("b", List.of(2L), new Start.Constant(0)));

  @Test
  void writesHeaderThenValues() {
    float[][] values = {{1, 2, 3, 4, 5, 6}, {-1, 0.5f}};
    var file =
        ByteBuffer.wrap(SafetensorsWriter.bytes(SPECS, i -> values[i]))
            .order(ByteOrder.LITTLE_ENDIAN);
    var header = new byte[Math.toIntExact(file.getLong())];
    file.get(header);
    assertEquals(0, file.position() % 8);
    assertEquals(
        "{\"__metadata__\":{\"format\":\"pt\"},"
            + "\"a.weight\":{\"dtype\":\"BF16\",\"shape\":[2,3],\"data_offsets\":[0,12]},"
            + "\"b\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[12,16]}}",
        new String(header, US_ASCII).strip());
    for (float value : new float[] {1, 2, 3, 4, 5, 6, -1, 0.5f}) {
      assertEquals(value, Bfloat16.toFloat(file.getShort()));
    }
    assertEquals(0, file.remaining());
  }

  @Test
  void refusesAWrongNumberOfValues() {
    var error =
        assertThrows(
            IllegalArgumentException.class,
            () -> SafetensorsWriter.bytes(SPECS, i -> new float[] {1}));
    assertEquals("a.weight: 1 values (expected: 6)", error.getMessage());
  }

  @Test
  void roundsToTheNearestEven() {
    assertEquals(1f, Bfloat16.toFloat(Bfloat16.of(0x1.01p0f))); // half way, down to even
    assertEquals(1.015625f, Bfloat16.toFloat(Bfloat16.of(0x1.03p0f))); // half way, up to even
    assertEquals(1.0078125f, Bfloat16.toFloat(Bfloat16.of(1.005f)));
    assertEquals(Float.NaN, Bfloat16.toFloat(Bfloat16.of(Float.NaN)));
    assertEquals(Float.NEGATIVE_INFINITY, Bfloat16.toFloat(Bfloat16.of(Float.NEGATIVE_INFINITY)));
  }
}
