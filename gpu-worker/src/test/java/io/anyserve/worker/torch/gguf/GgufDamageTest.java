package io.anyserve.worker.torch.gguf;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.worker.torch.TinyModel;
import io.anyserve.worker.torch.model.InvalidModelException;
import io.anyserve.worker.torch.model.ModelMetadata;
import io.anyserve.worker.torch.model.StoredTensor;
import io.anyserve.worker.torch.model.TensorSpec;
import io.anyserve.worker.torch.model.WeightFile;
import io.anyserve.worker.torch.model.WeightLayout;
import io.anyserve.worker.torch.text.Vocabulary;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is wrong with a file, it is refused with its name, or read. */
final class GgufDamageTest {

  private static final long[] NUMBERS = {
    0,
    1,
    2,
    -1,
    0x7f,
    0x80,
    0xff,
    0x7fff,
    0xffff,
    0x7fffffff,
    0x80000000L,
    0xffffffffL,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    1L << 40,
    Long.MAX_VALUE - 7
  };

  private @TempDir Path folder;
  private Path file;

  /** One that is decoded, one whose rows are put in order. */
  private List<byte[]> all;

  @BeforeEach
  void write() throws IOException {
    file = folder.resolve("tiny.gguf");
    Path tiny = TinyModel.write(folder.resolve("tiny"));
    byte[] quantised = TinyGguf.of(tiny, "qwen2", "Q8_0");
    Path config = tiny.resolve("config.json");
    Files.writeString(config, Files.readString(config).replace("\"qwen2\"", "\"llama\""));
    all = List.of(quantised, TinyGguf.of(tiny, "llama", "BF16"));
  }

  @Test
  void wholeFilesAreRead() throws IOException {
    for (byte[] whole : all) {
      assertTrue(isRead(whole));
    }
  }

  @Test
  void truncatedFilesAreRefused() throws IOException {
    var random = new Random(1);
    for (int i = 0; i < 300; i++) {
      byte[] whole = all.get(i % 2);
      int length = i < 100 ? i : random.nextInt(whole.length);
      assertTrue(!isRead(Arrays.copyOf(whole, length)), "of " + length + " bytes");
    }
  }

  @Test
  void changedBytesAreReadOrRefused() throws IOException {
    var random = new Random(2);
    for (int i = 0; i < 1500; i++) {
      byte[] bytes = all.get(i % 2).clone();
      for (int change = random.nextInt(4); change >= 0; change--) {
        bytes[place(random, 1)] = (byte) random.nextInt(256);
      }
      isRead(bytes);
    }
  }

  @Test
  void changedNumbersAreReadOrRefused() throws IOException {
    var random = new Random(3);
    for (int i = 0; i < 1500; i++) {
      byte[] bytes = all.get(i % 2).clone();
      ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      long number = NUMBERS[random.nextInt(NUMBERS.length)];
      switch (random.nextInt(3)) {
        case 0 -> buffer.putShort(place(random, 2), (short) number);
        case 1 -> buffer.putInt(place(random, 4), (int) number);
        default -> buffer.putLong(place(random, 8), number);
      }
      isRead(bytes);
    }
  }

  @Test
  void missingAndRepeatedStretchesAreReadOrRefused() throws IOException {
    var random = new Random(4);
    for (int i = 0; i < 500; i++) {
      byte[] whole = all.get(i % 2);
      int start = place(random, 64);
      int end = start + random.nextInt(64);
      byte[] bytes =
          random.nextBoolean()
              ? GgufWriter.joined(
                  Arrays.copyOf(whole, start), Arrays.copyOfRange(whole, end, whole.length))
              : GgufWriter.joined(
                  Arrays.copyOf(whole, end), Arrays.copyOfRange(whole, start, whole.length));
      isRead(bytes);
    }
  }

  /** Most of it in the head, which is a twentieth of the file. */
  private int place(Random random, int length) {
    int head = 12_000;
    return random.nextInt((random.nextInt(8) == 0 ? all.getFirst().length : head) - length);
  }

  /** Reads all there is; anything but a refusal that names the file fails the test. */
  private boolean isRead(byte[] bytes) throws IOException {
    Files.write(file, bytes);
    var files = new GgufModel(file);
    try {
      ModelMetadata metadata = ModelMetadata.of(files);
      Vocabulary.read(files.tokenizer());
      try (WeightFile weights = files.weights()) {
        var layout = new WeightLayout(metadata.config());
        layout.all().forEach(spec -> read(weights, spec));
      }
      return true;
    } catch (InvalidModelException e) {
      assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
      return false;
    }
  }

  private static void read(WeightFile weights, TensorSpec spec) {
    if (weights.tensor(spec) instanceof StoredTensor.Computed computed) {
      try (Arena arena = Arena.ofShared()) {
        computed.reader().read(0, arena.allocate(computed.rows() * computed.rowBytes()));
      }
    }
  }
}
