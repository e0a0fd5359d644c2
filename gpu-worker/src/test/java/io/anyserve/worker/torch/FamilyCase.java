package io.anyserve.worker.torch;

import io.anyserve.worker.torch.model.DecoderFolder;
import io.anyserve.worker.torch.model.ModelConfig;
import io.anyserve.worker.torch.precision.Precision;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A small checkpoint and what transformers computes with it, as {@code
 * src/test/python/decoder_fixtures.py} writes them.
 *
 * @param saved the configuration as transformers writes it
 * @param logits after the last tokens of the prompt, row by row
 * @param greedy the likeliest tokens that follow, one after the other
 */
record FamilyCase(
    String name,
    Path folder,
    int context,
    ModelConfig config,
    ModelConfig saved,
    List<Integer> prompt,
    List<Float> logits,
    List<Integer> greedy) {

  private static final Path FOLDERS =
      Path.of("src", "test", "resources", "io", "anyserve", "worker", "torch", "families");
  private static final Path BUILT = Path.of("target", "family-configs");

  static List<FamilyCase> all() {
    try (Stream<Path> folders = Files.list(FOLDERS)) {
      Files.createDirectories(BUILT);
      return folders.sorted().flatMap(FamilyCase::of).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<FamilyCase> of(Path folder) {
    JsonNode reference = JsonMapper.shared().readTree(folder.resolve("reference.json"));
    return reference.path("cases").valueStream().map(described -> of(folder, described));
  }

  private static FamilyCase of(Path folder, JsonNode described) {
    String name = described.path("name").stringValue();
    return new FamilyCase(
        name,
        folder,
        described.path("context").intValue(),
        config(name, described.path("config")),
        config(name + "-saved", described.path("saved")),
        integers(described.path("prompt")),
        described
            .path("logits")
            .valueStream()
            .flatMap(JsonNode::valueStream)
            .map(JsonNode::floatValue)
            .toList(),
        integers(described.path("greedy")));
  }

  private static ModelConfig config(String name, JsonNode config) {
    Path file = BUILT.resolve(name + ".json");
    try {
      Files.writeString(file, config.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ModelConfig.readFile(file);
  }

  private static List<Integer> integers(JsonNode list) {
    return list.valueStream().map(JsonNode::intValue).toList();
  }

  Loaded load(Precision precision) {
    return new Loaded(config, new DecoderFolder(folder), precision, context);
  }

  int[] promptIds() {
    return prompt.stream().mapToInt(Integer::intValue).toArray();
  }

  @Override
  public String toString() {
    return name;
  }
}
