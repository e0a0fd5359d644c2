package io.anyserve.worker.torch.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.worker.torch.model.InvalidModelException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Blocks against what the Python package of llama.cpp makes of them; gguf_blocks.py recorded it.
 */
final class BlockTypeTest {

  private static final Path FILE = Path.of("model.gguf");

  @ParameterizedTest
  @EnumSource(
      value = BlockType.class,
      names = {"F32", "F16", "BF16"},
      mode = EnumSource.Mode.EXCLUDE)
  void decodesBlocksAsLlamaCppDoes(BlockType type) throws IOException {
    JsonNode recorded = recorded().path(type.name());
    byte[] blocks = HexFormat.of().parseHex(recorded.path("blocks").stringValue());
    float[] floats = new float[blocks.length / type.bytes() * type.width()];
    for (int i = 0; i < blocks.length / type.bytes(); i++) {
      MemorySegment source = MemorySegment.ofArray(blocks);
      type.decoder().decode(source, (long) i * type.bytes(), floats, i * type.width());
    }
    assertEquals(recorded.path("floats").stringValue(), hex(floats));
  }

  @Test
  void plainNumbersAreWidened() {
    assertArrayEquals(new float[] {-1.5f}, decoded(BlockType.F32, 0xbfc00000L, 4));
    assertArrayEquals(new float[] {-1.5f}, decoded(BlockType.F16, 0xbe00L, 2));
    assertArrayEquals(new float[] {-1.5f}, decoded(BlockType.BF16, 0xbfc0L, 2));
  }

  @Test
  void rowsAreDecodedInAnyOrder() {
    byte[] data = new byte[300 * 34];
    for (int row = 0; row < 300; row++) {
      data[row * 34 + 1] = 0x3c;
      data[row * 34 + 2] = (byte) row;
    }
    var tensor =
        new GgufTensor("t", BlockType.Q8_0, List.of(300L, 32L), MemorySegment.ofArray(data));
    try (Arena arena = Arena.ofShared()) {
      MemorySegment target = arena.allocate(100 * 32 * 4);
      new GgufRows(FILE, tensor, row -> 299 - row, 0).read(10, target);
      for (int row = 0; row < 100; row++) {
        assertEquals((byte) (289 - row), target.get(GgufCursor.FLOAT, row * 32L * 4));
      }
    }
  }

  @Test
  void rowsOfHeadsAreUnpaired() {
    RowOrder order = RowOrder.paired(6);
    long[] stored = new long[12];
    Arrays.setAll(stored, order::stored);
    assertArrayEquals(new long[] {0, 2, 4, 1, 3, 5, 6, 8, 10, 7, 9, 11}, stored);
  }

  @ParameterizedTest
  @EnumSource(
      value = BlockType.class,
      names = {"F32", "F16", "BF16"},
      mode = EnumSource.Mode.EXCLUDE)
  void scalesThatAreNoNumbersAreRefused(BlockType type) {
    for (short scale : new short[] {0x7e00, 0x7c00, (short) 0xfc00}) {
      byte[] data = new byte[type.bytes()];
      int place = type == BlockType.Q6_K ? 208 : 0;
      data[place] = (byte) scale;
      data[place + 1] = (byte) (scale >> 8);
      var tensor =
          new GgufTensor(
              "blk.0.w", type, List.of(1L, (long) type.width()), MemorySegment.ofArray(data));
      try (Arena arena = Arena.ofShared()) {
        MemorySegment target = arena.allocate(type.width() * 4L);
        var rows = new GgufRows(FILE, tensor, RowOrder.SAME, 0);
        var failure = assertThrows(InvalidModelException.class, () -> rows.read(0, target));
        assertTrue(failure.getMessage().startsWith("model.gguf: blk.0.w: "), failure.getMessage());
      }
    }
  }

  private static float[] decoded(BlockType type, long bits, int bytes) {
    float[] target = new float[1];
    MemorySegment source = MemorySegment.ofArray(GgufWriter.little(bytes, bits));
    type.decoder().decode(source, 0, target, 0);
    return target;
  }

  private static String hex(float[] floats) {
    StringBuilder text = new StringBuilder();
    for (float number : floats) {
      text.append("%08x".formatted(Float.floatToRawIntBits(number)));
    }
    return text.toString();
  }

  private static JsonNode recorded() throws IOException {
    try (InputStream file = BlockTypeTest.class.getResourceAsStream("blocks.json")) {
      return JsonMapper.shared().readTree(Objects.requireNonNull(file));
    }
  }
}
