package io.anyserve.worker.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.sampling.GenerationParameters;
import io.anyserve.contracts.sampling.SamplingParams;
import io.anyserve.worker.torch.gguf.TinyGguf;
import io.anyserve.worker.torch.model.InvalidModelException;
import io.anyserve.worker.torch.precision.MachinePrecisions;
import io.anyserve.worker.torch.precision.Precision;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The same model as a folder and as a file. */
final class GgufModelIT {

  private static final int[] PROMPT = new Random(5).ints(40, 0, 256).toArray();

  private @TempDir Path temporary;
  private Path folder;
  private Path file;

  static List<Precision> precisions() {
    return MachinePrecisions.right();
  }

  @BeforeEach
  void write() throws IOException {
    folder = TinyModel.write(temporary.resolve("tiny"));
    file = temporary.resolve("tiny-f32.gguf");
    Files.write(file, TinyGguf.of(folder, "qwen2", "F32"));
  }

  @ParameterizedTest
  @MethodSource("precisions")
  void logitsAreTheFoldersToTheLastBit(Precision precision) {
    assertArrayEquals(logits(folder, precision), logits(file, precision));
  }

  @ParameterizedTest
  @CsvSource({"qwen2, BF16", "llama, F32", "llama, BF16"})
  void otherTypesAndOrdersAreTheSameNumbers(String architecture, String type) throws IOException {
    Path config = folder.resolve("config.json");
    Files.writeString(
        config, Files.readString(config).replace("\"qwen2\"", "\"" + architecture + "\""));
    Files.write(file, TinyGguf.of(folder, architecture, type));
    assertArrayEquals(logits(folder, Precision.F32), logits(file, Precision.F32));
  }

  @ParameterizedTest
  @CsvSource({"qwen2", "llama"})
  void quantisedWeightsComeClose(String architecture) throws IOException {
    Path config = folder.resolve("config.json");
    Files.writeString(
        config, Files.readString(config).replace("\"qwen2\"", "\"" + architecture + "\""));
    Files.write(file, TinyGguf.of(folder, architecture, "Q8_0"));
    LogitDistance off =
        LogitDistance.of(logits(folder, Precision.F32), logits(file, Precision.F32));
    assertTrue(off.mean() > 0 && off.mean() < 0.03 && off.worst() < 0.3, off.toString());
  }

  @Test
  void textAndAnswersAreTheFolders() {
    var options = new TorchModel.Options(Precision.F32, 2, 128, 2);
    try (TorchModel ofFolder = TorchModel.load(folder, options)) {
      try (TorchModel ofFile = TorchModel.load(file, options)) {
        assertEquals("tiny-f32", ofFile.files().name());
        assertEquals(ofFolder.files().config(), ofFile.files().config());
        assertEquals(
            Set.of(TinyModel.END, TinyModel.END_OF_TEXT), ofFile.files().generation().endTokens());
        assertEquals(ofFolder.files().chatFormat(), ofFile.files().chatFormat());
        for (String text : List.of("the cat, then 12 mice", "naïve 😀 漢字\n<|im_end|>", "")) {
          int[] tokens = ofFile.tokenizer().encode(text);
          assertArrayEquals(ofFolder.tokenizer().encode(text), tokens);
          assertEquals(text, ofFile.tokenizer().decode(tokens));
        }
        assertEquals(answer(ofFolder), answer(ofFile));
      }
    }
  }

  @Test
  void aFileThatIsNoModelIsRefused() throws IOException {
    Files.writeString(file, "not a model", StandardCharsets.UTF_8);
    var options = TorchModel.Options.defaults(1, 64);
    var failure = assertThrows(InvalidModelException.class, () -> TorchModel.load(file, options));
    assertTrue(failure.getMessage().contains("a GGUF file"), failure.getMessage());
  }

  private static List<Integer> answer(TorchModel model) {
    var parameters = new GenerationParameters(20, SamplingParams.GREEDY, List.of(), true);
    return Answers.of(model, List.of(model.generation(PROMPT, parameters))).getFirst();
  }

  private static float[] logits(Path model, Precision precision) {
    try (Loaded loaded = new Loaded(model, precision)) {
      return loaded.decoder().logits(0, 0, PROMPT);
    }
  }
}
