package io.anyserve.worker.torch.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.worker.torch.model.InvalidModelException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

final class GgufFileTest {

  private @TempDir Path folder;
  private Path path;

  @BeforeEach
  void name() {
    path = folder.resolve("model.gguf");
  }

  @Test
  void readsMetadataOfAllTypes() throws IOException {
    new GgufWriter()
        .put("u8", GgufValueType.UINT8, GgufWriter.little(1, 200))
        .put("i8", GgufValueType.INT8, GgufWriter.little(1, 100))
        .put("u16", GgufValueType.UINT16, GgufWriter.little(2, 60_000))
        .put("i16", GgufValueType.INT16, GgufWriter.little(2, 30_000))
        .put("u32", 7)
        .put("i32", GgufValueType.INT32, GgufWriter.little(4, 8))
        .put("u64", GgufValueType.UINT64, GgufWriter.little(8, 9))
        .put("i64", GgufValueType.INT64, GgufWriter.little(8, 10))
        .put("f32", 1e-5f)
        .put("f64", GgufValueType.FLOAT64, GgufWriter.little(8, Double.doubleToLongBits(0.1)))
        .put("no", false)
        .put("yes", true)
        .put("text", "naïve 漢字")
        .strings("texts", List.of("a", "", "é"))
        .integers("integers", 1, -2)
        .floats("floats", 0.5f, -1)
        .array("bytes", GgufValueType.UINT8, new byte[] {1}, new byte[] {2})
        .write(path);
    try (GgufFile file = GgufFile.open(path)) {
      GgufMetadata metadata = file.metadata();
      assertEquals(200, metadata.positive("u8"));
      assertEquals(100, metadata.positive("i8"));
      assertEquals(60_000, metadata.positive("u16"));
      assertEquals(30_000, metadata.positive("i16"));
      assertEquals(7, metadata.positive("u32"));
      assertEquals(8, metadata.positive("i32"));
      assertEquals(9, metadata.positive("u64"));
      assertEquals(10, metadata.positive("i64"));
      assertEquals(1e-5, metadata.positiveNumber("f32"));
      assertEquals(0.1, metadata.positiveNumber("f64"));
      assertFalse(metadata.flag("no", true));
      assertTrue(metadata.flag("yes", false));
      assertEquals("naïve 漢字", metadata.text("text"));
      assertEquals(List.of("a", "", "é"), metadata.strings("texts"));
      assertArrayEquals(new int[] {1, -2}, metadata.integers("integers"));
      assertArrayEquals(new float[] {0.5f, -1}, metadata.floats("floats"));
      assertTrue(metadata.has("bytes"));
      assertEquals(5, metadata.positive("absent", 5));
    }
  }

  @Test
  void complainsAboutMetadataByKey() throws IOException {
    new GgufWriter()
        .put("number", -1)
        .put("nan", Float.NaN)
        .put("text", "x")
        .strings("texts", List.of("a"))
        .write(path);
    try (GgufFile file = GgufFile.open(path)) {
      GgufMetadata metadata = file.metadata();
      assertRefused("absent: missing (expected: a string)", () -> metadata.text("absent"));
      assertRefused(
          "number: 4294967295 (expected: an integer >= 1)", () -> metadata.positive("number"));
      assertRefused("nan: NaN (expected: a number > 0)", () -> metadata.positiveNumber("nan"));
      assertRefused("text: STRING (expected: an integer >= 1)", () -> metadata.positive("text"));
      assertRefused("text: STRING (expected: a number)", () -> metadata.number("text"));
      assertRefused(
          "texts: an array of STRING (expected: integers)", () -> metadata.integers("texts"));
      assertRefused("number: UINT32 (expected: strings)", () -> metadata.strings("number"));
    }
  }

  @Test
  void readsTensorsInPlace() throws IOException {
    new GgufWriter()
        .tensor("a", new float[] {1, 2, 3, 4, 5, 6}, 2, 3)
        .tensor("b", new float[] {7}, 1)
        .write(path);
    try (GgufFile file = GgufFile.open(path)) {
      GgufTensor a = file.tensor("a").orElseThrow();
      assertEquals(List.of(2L, 3L), a.shape());
      assertEquals(12, a.rowBytes());
      assertEquals(4, a.data().get(GgufCursor.FLOAT, 12));
      assertArrayEquals(new float[] {7}, file.tensor("b").orElseThrow().numbers());
      assertTrue(file.tensor("c").isEmpty());
    }
  }

  @Test
  void refusesOtherFormats() throws IOException {
    assertRefused("model.gguf: no such file (expected: a GGUF file)", this::open);
    Files.write(path, new byte[3]);
    assertRefused("magic: ends at 4 (expected: at most 3: truncated?)", this::open);
    Files.writeString(path, "{\"a\": 1}");
    assertRefused("magic: 0x2261227b (expected: a GGUF file, which starts with GGUF)", this::open);
    new GgufWriter().version(1).write(path);
    assertRefused("version: 1 (expected: one of [2, 3])", this::open);
    new GgufWriter().version(4).write(path);
    assertRefused("version: 4 (expected: one of [2, 3])", this::open);
    new GgufWriter().version(Integer.reverseBytes(3)).write(path);
    assertRefused("byte order: big-endian (expected: little-endian)", this::open);
  }

  @Test
  void refusesCountsBeyondTheFile() throws IOException {
    change(new GgufWriter(), 8, Long.MAX_VALUE);
    assertRefused("tensors: 9223372036854775807 (expected: at most", this::open);
    change(new GgufWriter(), 16, -1);
    assertRefused("metadata: 18446744073709551615 (expected: at most", this::open);
    new GgufWriter().put("a", GgufValueType.STRING, GgufWriter.little(8, 1L << 40)).write(path);
    assertRefused("a: 1099511627776 (expected: at most", this::open);
    byte[] array = GgufWriter.joined(GgufWriter.little(4, 5), GgufWriter.little(8, 1L << 61));
    new GgufWriter().put("a", GgufValueType.ARRAY, array).write(path);
    assertRefused("a: 2305843009213693952 (expected: at most", this::open);
    byte[] nested = GgufWriter.joined(GgufWriter.little(4, 9), GgufWriter.little(8, 1));
    new GgufWriter().put("a", GgufValueType.ARRAY, nested).write(path);
    assertRefused("a: an array of arrays", this::open);
  }

  @Test
  void refusesTensorsThatCannotBe() throws IOException {
    new GgufWriter().tensor("a", 23, new byte[136], 256).write(path);
    assertRefused("a: type IQ4_XS (expected: one of [F32, F16, Q4_0,", this::open);
    new GgufWriter().tensor("a", 77, new byte[4], 1).write(path);
    assertRefused("a: type 77 (expected: one of [F32, F16, Q4_0,", this::open);
    new GgufWriter().tensor("a", 8, new byte[34], 1, 31).write(path);
    assertRefused("a: shape [1, 31] in Q8_0 (expected: rows that are multiples of 32)", this::open);
    new GgufWriter().tensor("a", 0, new byte[4], 1, 0).write(path);
    assertRefused("a: shape [1, 0] (expected: a shape that fits)", this::open);
    new GgufWriter().tensor("a", 0, new byte[4], 1L << 40, 1L << 40).write(path);
    assertRefused("a: shape [1099511627776, 1099511627776] (expected", this::open);
    new GgufWriter().tensor("a", 0, new byte[4], 1, 1, 1, 1, 1).write(path);
    assertRefused("a: 5 dimensions (expected: 1 to 4)", this::open);
    new GgufWriter().tensor("a", 0, new byte[4], 100).write(path);
    assertRefused("a: data ends at 400 (expected: at most 32: truncated?)", this::open);
  }

  @Test
  void refusesTensorsInTheWrongPlace() throws IOException {
    GgufWriter writer = new GgufWriter().tensor("a", new float[8], 8).tensor("b", new float[8], 8);
    int offsetOfB = 24 + 2 * (8 + 1 + 4 + 8 + 4 + 8) - 8;
    change(writer, offsetOfB, 0);
    assertRefused("b: data starts at 0 (expected: at least 32: tensors overlap)", this::open);
    change(writer, offsetOfB, 33);
    assertRefused("b: data starts at 33 (expected: a multiple of 32)", this::open);
    change(writer, offsetOfB, 1L << 50);
    assertRefused("b: data ends at", this::open);
    change(writer, offsetOfB, -32);
    assertRefused("b: data starts at 18446744073709551584", this::open);
    new GgufWriter().put("general.alignment", 48).write(path);
    assertRefused("general.alignment: 48 (expected: a power of two, at least 8)", this::open);
  }

  @Test
  void refusesNamesThatAreThereTwice() throws IOException {
    GgufWriter keys = new GgufWriter().put("a", 1).put("b", 2);
    rename(keys, "b", "a");
    assertRefused("a: twice (expected: each key once)", this::open);
    GgufWriter tensors = new GgufWriter().tensor("c", new float[1], 1).tensor("d", new float[1], 1);
    rename(tensors, "d", "c");
    assertRefused("c: twice (expected: each tensor once)", this::open);
  }

  private void open() {
    GgufFile.open(path).close();
  }

  private void change(GgufWriter writer, int place, long number) throws IOException {
    byte[] bytes = writer.bytes();
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(place, number);
    Files.write(path, bytes);
  }

  /** Replaces a name of one character. */
  private void rename(GgufWriter writer, String from, String to) throws IOException {
    byte[] bytes = writer.bytes();
    byte[] found = GgufWriter.string(from);
    for (int i = 0; i + found.length <= bytes.length; i++) {
      if (Arrays.equals(bytes, i, i + found.length, found, 0, found.length)) {
        bytes[i + found.length - 1] = (byte) to.charAt(0);
      }
    }
    Files.write(path, bytes);
  }

  private void assertRefused(String message, Executable action) {
    var failure = assertThrows(InvalidModelException.class, action);
    assertTrue(failure.getMessage().startsWith(path + ": "), failure.getMessage());
    assertTrue(failure.getMessage().contains(message), failure.getMessage());
  }
}
