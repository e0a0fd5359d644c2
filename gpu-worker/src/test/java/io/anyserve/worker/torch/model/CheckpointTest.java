package io.anyserve.worker.torch.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.worker.torch.TinyModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {

  private static final TensorSpec A = TensorSpec.of("a", 2, 2);
  private static final TensorSpec B = TensorSpec.of("b", 3);

  private @TempDir Path folder;

  @Test
  void readsTensorsInPlace() throws IOException {
    write(
        """
        {"__metadata__": {"format": "pt"},
         "a": {"dtype": "F32", "shape": [2, 2], "data_offsets": [6, 22]},
         "b": {"dtype": "F16", "shape": [3], "data_offsets": [0, 6]}}
        """,
        22);
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      StoredTensor.Mapped a = checkpoint.tensor(A);
      assertEquals(StoredTensor.Type.F32, a.type());
      assertEquals(16, a.data().remaining());
      assertEquals(0x09080706, a.data().getInt(0));
      assertEquals(StoredTensor.Type.F16, checkpoint.tensor(B).type());
    }
  }

  @Test
  void readsShards() throws IOException {
    Files.write(folder.resolve("one.safetensors"), TinyModel.safetensors(List.of(A), 1));
    Files.write(folder.resolve("two.safetensors"), TinyModel.safetensors(List.of(B), 2));
    index("{\"weight_map\": {\"a\": \"one.safetensors\", \"b\": \"two.safetensors\"}}");
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      assertEquals(8, checkpoint.tensor(A).data().remaining());
      assertEquals(6, checkpoint.tensor(B).data().remaining());
    }
  }

  @Test
  void refusesBrokenIndexes() throws IOException {
    Files.write(folder.resolve("one.safetensors"), TinyModel.safetensors(List.of(A), 1));
    index("{}");
    assertRefused("index.json: weight_map: missing");
    index("{\"weight_map\": {\"a\": 1}}");
    assertRefused("a: 1 (expected: a file name)");
    index("{\"weight_map\": {\"a\": \"../one.safetensors\"}}");
    assertRefused("a file in the same folder");
    index("{\"weight_map\": {\"a\": \"three.safetensors\"}}");
    assertRefused("three.safetensors: no such file");
    index("{\"weight_map\": {\"b\": \"one.safetensors\"}}");
    assertRefused("one.safetensors: b: missing");
  }

  @Test
  void refusesAMissingFile() {
    assertRefused("model.safetensors: no such file");
  }

  @Test
  void refusesTruncatedFiles() throws IOException {
    byte[] whole = TinyModel.safetensors(List.of(A, B), 1);
    for (int length = 0; length < whole.length; length++) {
      Files.write(folder.resolve(Checkpoint.SINGLE), Arrays.copyOf(whole, length));
      assertThrows(InvalidModelException.class, () -> Checkpoint.open(folder));
    }
    assertRefused("b: data ends at 14 (expected: at most 13: truncated?)");
  }

  @Test
  void refusesHeadersThatCannotBe() throws IOException {
    Path file = folder.resolve(Checkpoint.SINGLE);
    for (long length : new long[] {-1, 0, 1, 100, Long.MAX_VALUE}) {
      ByteBuffer bytes = ByteBuffer.allocate(20).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
      Files.write(file, bytes.array());
      assertRefused("header length: " + length + " (expected: 2 to 12)");
    }
    write("not json", 8);
    assertRefused("model.safetensors: not JSON");
    write("[]", 8);
    assertRefused("root: ARRAY (expected: a JSON object)");
  }

  @Test
  void refusesEntriesThatCannotBe() throws IOException {
    entry("1");
    assertRefused("a: 1 (expected: an object)");
    entry("{\"shape\": [2, 2], \"data_offsets\": [0, 8]}");
    assertRefused("dtype: missing (expected: a string)");
    entry("{\"dtype\": \"F32\", \"shape\": [2, -2], \"data_offsets\": [0, 16]}");
    assertRefused("shape: [2,-2] (expected: a list of integers >= 0)");
    entry("{\"dtype\": \"F32\", \"shape\": [2, 2], \"data_offsets\": [16, 0]}");
    assertRefused("data_offsets: [16,0] (expected: [start, end])");
    entry("{\"dtype\": \"F32\", \"shape\": [2, 2], \"data_offsets\": [0, 17]}");
    assertRefused("a: data ends at 17");
  }

  @Test
  void refusesTensorsThatDoNotFit() throws IOException {
    entry("{\"dtype\": \"F32\", \"shape\": [2, 2], \"data_offsets\": [0, 8]}");
    assertTensorRefused("a: 8 bytes (expected: 16 bytes for [2, 2])");
    entry("{\"dtype\": \"I64\", \"shape\": [2, 2], \"data_offsets\": [0, 16]}");
    assertTensorRefused("a: dtype I64 (expected: one of [BF16, F16, F32])");
    entry("{\"dtype\": \"F32\", \"shape\": [4], \"data_offsets\": [0, 16]}");
    assertTensorRefused("a: shape [4] (expected: shape [2, 2])");
    entry("{\"dtype\": \"F32\", \"shape\": [9223372036854775807, 4], \"data_offsets\": [0, 16]}");
    assertTensorRefused("a: 16 bytes");
    write("{\"b\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [0, 4]}}", 16);
    assertTensorRefused("model.safetensors: a: missing (expected: a tensor of shape [2, 2])");
  }

  @Test
  void refusesTensorsThatOverlap() throws IOException {
    write(
        """
        {"a": {"dtype": "BF16", "shape": [2, 2], "data_offsets": [0, 8]},
         "b": {"dtype": "BF16", "shape": [3], "data_offsets": [6, 12]}}
        """,
        12);
    assertRefused("b: data starts at 6 (expected: at least 8, the end of a)");
  }

  private void entry(String a) throws IOException {
    write("{\"a\": " + a + "}", 16);
  }

  /** Data bytes count up from 0. */
  private void write(String header, int dataLength) throws IOException {
    ByteBuffer data = ByteBuffer.allocate(dataLength);
    while (data.hasRemaining()) {
      data.put((byte) data.position());
    }
    Files.write(folder.resolve(Checkpoint.SINGLE), TinyModel.file(header, data.flip()));
  }

  private void index(String json) throws IOException {
    Files.writeString(folder.resolve(Checkpoint.INDEX), json);
  }

  private void assertRefused(String message) {
    var failure = assertThrows(InvalidModelException.class, () -> Checkpoint.open(folder));
    assertTrue(failure.getMessage().contains(message), failure.getMessage());
  }

  private void assertTensorRefused(String message) {
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      var failure = assertThrows(InvalidModelException.class, () -> checkpoint.tensor(A));
      assertTrue(failure.getMessage().contains(message), failure.getMessage());
    }
  }
}
