package io.anyserve.worker.torch.vision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.worker.torch.model.InvalidModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class VisionFolderTest {

  private static final String CONFIG = "config.json";
  private static final String STEPS = "preprocessor_config.json";
  private static final String PROCESSOR = "processor_config.json";

  private @TempDir Path folder;

  @BeforeEach
  void copy() throws IOException {
    try (Stream<Path> files = Files.list(VisionReference.MODEL)) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
  }

  @Test
  void stepsMayBePartOfTheProcessor() throws IOException {
    var model = new VisionFolder(folder);
    ImageConfig images = model.images();
    String steps = Files.readString(folder.resolve(STEPS));
    Files.delete(folder.resolve(STEPS));
    Files.writeString(
        folder.resolve(PROCESSOR), "{\"image_seq_len\": 9, \"image_processor\": " + steps + "}");
    assertEquals(images, model.images());
  }

  @Test
  void whatTheTowerLeavesOutIsWhatTransformersTakes() throws IOException {
    replace(
        CONFIG,
        "\"num_hidden_layers\": 2,\n  \"num_attention_heads\": 4,\n  \"image_size\"",
        "\"image_size\"");
    VisionConfig.Tower tower = new VisionFolder(folder).vision().tower();
    assertEquals(12, tower.layers());
    assertEquals(16, tower.heads());
    assertEquals(1e-6, tower.normEpsilon());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "config.json|\"model_type\": \"llama\"|\"model_type\": \"gemma2\"|model_type",
        "config.json|\"scale_factor\": 2|\"scale_factor\": 4|scale_factor: 4",
        "config.json|\"patch_size\": 4|\"patch_size\": 7|patch_size: 7",
        "config.json|\"patch_size\": 4|\"patch_size\": 4, \"hidden_act\": \"gelu\"|hidden_act",
        "config.json|\"patch_size\": 4|\"patch_size\": 4, \"num_channels\": 1|num_channels",
        "config.json|\"image_size\": 24|\"image_size\": 12|longest_edge: 24",
        "preprocessor_config.json|\"longest_edge\": 24|\"longest_edge\": 12|longest_edge: 12",
        "preprocessor_config.json|\"longest_edge\": 48|\"longest_edge\": 8192|longest_edge: 8192",
        "preprocessor_config.json|\"resample\": 1|\"resample\": 3|resample: 3",
        "preprocessor_config.json|\"do_resize\": true|\"do_resize\": false|do_resize: false",
        "preprocessor_config.json|0.45,|0.45, 0.1,|image_mean: 4 numbers",
        "processor_config.json|\"image_seq_len\": 9|\"image_seq_len\": 64|image_seq_len: 64",
      })
  void whatIsNotSupportedIsNamed(String file, String from, String to, String named)
      throws IOException {
    replace(file, from, to);
    var model = new VisionFolder(folder);
    var refusal =
        assertThrows(
            InvalidModelException.class,
            () -> {
              model.config();
              model.images();
            });
    assertTrue(refusal.getMessage().contains(file + ": " + named), refusal.getMessage());
  }

  private void replace(String file, String from, String to) throws IOException {
    String content = Files.readString(folder.resolve(file));
    assertTrue(content.contains(from), content);
    Files.writeString(folder.resolve(file), content.replace(from, to));
  }
}
