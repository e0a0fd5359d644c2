package io.anyserve.worker.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.anyserve.worker.engine.Engine;
import io.anyserve.worker.engine.EngineConfig;
import io.anyserve.worker.hub.ModelCache;
import io.anyserve.worker.hub.ModelLocation;
import io.anyserve.worker.torch.gguf.TinyGguf;
import io.anyserve.worker.torch.precision.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can be told from the settings alone; no native library is loaded. */
final class TorchFactoryTest {

  private final TorchFactory factory = new TorchFactory();

  private @TempDir Path temporary;

  private Engine.Description open(Map<String, String> options) {
    return open("models/story", options);
  }

  private Engine.Description open(String model, Map<String, String> options) {
    return factory.open(new EngineConfig("torch", model, 3, options)).description();
  }

  private String refusal(Map<String, String> options) {
    return String.valueOf(
        assertThrows(IllegalArgumentException.class, () -> open(options)).getMessage());
  }

  @Test
  void aDownloadedModelIsNamedAsOnTheHub() throws IOException {
    Path folder = Files.createDirectories(temporary.resolve("acme/story/0123abc/story"));
    for (String file : List.of("config.json", "tokenizer.json", "tokenizer_config.json")) {
      Files.copy(Path.of("models/story", file), folder.resolve(file));
    }
    var hub = new TorchFactory(new ModelLocation(new ModelCache(temporary)));
    assertEquals(
        "story",
        hub.open(new EngineConfig("torch", "acme/story@0123abc", 3, Map.of()))
            .description()
            .model());
    var missing =
        assertThrows(
            IllegalArgumentException.class,
            () -> hub.open(new EngineConfig("torch", "acme/other", 3, Map.of())));
    assertEquals(
        "engine.model: acme/other: no such path, and not downloaded (expected: a path, or run"
            + " ./anyserve pull acme/other)",
        missing.getMessage());
  }

  @Test
  void everyPrecisionMayBeAskedFor() {
    Engine.Description usual = open(Map.of());
    assertEquals(Engine.Numerics.NONE, usual.numerics());
    assertEquals(usual, open(Map.of("precision", "auto")));
    for (Precision precision : Precision.values()) {
      assertEquals(usual, open(Map.of("precision", precision.text())));
    }
  }

  @Test
  void theModelMayBeAFile() throws IOException {
    Path folder = TinyModel.write(temporary.resolve("tiny"));
    Path file = temporary.resolve("tiny-q8.gguf");
    Files.write(file, TinyGguf.of(folder, "qwen2", "Q8_0"));
    Engine.Description description = open(file.toString(), Map.of("context-length", "100"));
    assertEquals("tiny-q8", description.model());
    assertEquals(100, description.contextLength());
    Files.writeString(file, "GGUF");
    assertEquals(
        "engine.model: " + file + ": version: ends at 8 (expected: at most 4: truncated?)",
        modelRefusal(file));
    Files.delete(file);
    assertEquals(
        "engine.model: "
            + file
            + ": no such file or folder (expected: a Hugging Face model folder or a GGUF file)",
        modelRefusal(file));
  }

  private String modelRefusal(Path model) {
    return String.valueOf(
        assertThrows(IllegalArgumentException.class, () -> open(model.toString(), Map.of()))
            .getMessage());
  }

  @Test
  void unknownOnesAreRefused() {
    assertEquals(
        "engine.precision: int4 (expected: one of auto, f32, f32_packed, fp16_packed, bf16,"
            + " bf16_packed, int8)",
        refusal(Map.of("precision", "int4")));
    assertEquals(
        "engine.precison: unknown (expected: one of [context-length, kv-cache-mib, max-batch-tokens,"
            + " precision, reasoning-format, speculation, threads, tool-call-format])",
        refusal(Map.of("precison", "auto")));
  }
}
