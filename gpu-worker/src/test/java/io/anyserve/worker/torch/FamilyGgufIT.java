package io.anyserve.worker.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.worker.torch.gguf.FamilyGguf;
import io.anyserve.worker.torch.model.ModelConfig;
import io.anyserve.worker.torch.precision.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The small checkpoints of all families as GGUF files. */
final class FamilyGgufIT {

  /** What GGUF files say, or llama.cpp assumes, is what these say. */
  private static final List<String> SAME_SHAPE =
      List.of(
          "llama",
          "llama-linear",
          "llama-yarn",
          "phi3-short",
          "phi3-long",
          "phi3-window",
          "qwen2",
          "qwen3");

  private @TempDir Path folder;

  static List<FamilyCase> families() {
    return FamilyCase.all();
  }

  @ParameterizedTest
  @MethodSource("families")
  void logitsAreTheCheckpoints(FamilyCase family) throws IOException {
    Path file = folder.resolve("model.gguf");
    JsonNode config =
        JsonMapper.shared().readTree(Path.of("target", "family-configs", family.name() + ".json"));
    FamilyGguf.write(config, family.config(), family.folder(), file);
    if (SAME_SHAPE.contains(family.name())) {
      assertEquals(
          family.config(), ModelConfig.of(ModelFiles.decoder(file).config()), family.name());
    }
    float[] expected = logits(family, family.folder());
    float[] found = logits(family, file);
    if (family.name().startsWith("gemma")) {
      LogitDistance off = LogitDistance.of(expected, found);
      assertTrue(off.worst() < 1e-4, off.toString());
    } else {
      assertArrayEquals(expected, found);
    }
  }

  private static float[] logits(FamilyCase family, Path model) {
    try (Loaded loaded =
        new Loaded(family.config(), ModelFiles.decoder(model), Precision.F32, family.context())) {
      return loaded.decoder().logits(0, 0, family.promptIds());
    }
  }
}
