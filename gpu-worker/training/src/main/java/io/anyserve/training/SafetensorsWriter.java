package io.anyserve.training;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;

/**
 * Writes weights as a safetensors file in bf16: header length, JSON header, data, all
 * little-endian.
 *
 * <p>The header is filled up with spaces so that the data starts at a multiple of eight.
 */
final class SafetensorsWriter {

  private static final int LENGTH_BYTES = 8;

  private SafetensorsWriter() {}

  /** The whole file; {@code values} gives the values of the n-th weight, row by row. */
  static byte[] bytes(List<WeightSpec> specs, IntFunction<float[]> values) {
    byte[] header = header(specs);
    int dataBytes = specs.stream().mapToInt(WeightSpec::size).sum() * Short.BYTES;
    var file =
        ByteBuffer.allocate(LENGTH_BYTES + header.length + dataBytes)
            .order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(header.length).put(header);
    for (int i = 0; i < specs.size(); i++) {
      put(specs.get(i), values.apply(i), file);
    }
    return file.array();
  }

  private static void put(WeightSpec spec, float[] values, ByteBuffer file) {
    if (values.length != spec.size()) {
      throw new IllegalArgumentException(
          spec.name() + ": " + values.length + " values (expected: " + spec.size() + ")");
    }
    for (float value : values) {
      file.putShort(Bfloat16.of(value));
    }
  }

  private static byte[] header(List<WeightSpec> specs) {
    var entries = new ArrayList<String>();
    entries.add("\"__metadata__\":{\"format\":\"pt\"}");
    int start = 0;
    for (WeightSpec spec : specs) {
      int end = start + spec.size() * Short.BYTES;
      entries.add(entry(spec, start, end));
      start = end;
    }
    String json = "{" + String.join(",", entries) + "}";
    int padding = Math.floorMod(-json.length(), LENGTH_BYTES);
    return (json + " ".repeat(padding)).getBytes(US_ASCII);
  }

  private static String entry(WeightSpec spec, int start, int end) {
    String shape = JsonText.array(spec.dimensions().stream().map(String::valueOf).toList());
    return String.format(
        Locale.ROOT,
        "%s:{\"dtype\":\"BF16\",\"shape\":%s,\"data_offsets\":[%d,%d]}",
        JsonText.quoted(spec.name()),
        shape,
        start,
        end);
  }
}
