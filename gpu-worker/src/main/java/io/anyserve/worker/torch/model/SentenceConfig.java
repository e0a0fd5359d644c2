package io.anyserve.worker.torch.model;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * How the vectors of a text's tokens become the vector of the text, as the files of
 * sentence-transformers state it.
 *
 * <p>A folder without these files is served like there: the mean, not normalised.
 *
 * @param maxLength tokens of a text, its first and last ones included
 * @param normalised whether vectors have the length 1
 */
public record SentenceConfig(int maxLength, Pooling pooling, boolean normalised) {

  private static final String MODULES = "modules.json";
  private static final String TRANSFORMER = "sentence_bert_config.json";
  private static final String PROMPTS = "config_sentence_transformers.json";
  private static final String MODE = "pooling_mode_";

  /** Which of the tokens' vectors count. */
  public enum Pooling {
    /** All of them alike. */
    MEAN("mean_tokens"),
    /** The first one, that of the special token before the text. */
    CLS("cls_token");

    private final String mode;

    Pooling(String mode) {
      this.mode = mode;
    }
  }

  /** Reads and checks the files that are there. */
  public static SentenceConfig read(Path folder, EncoderConfig config) {
    int maxLength = maxLength(folder, config.embedding().positions());
    refusePrompt(folder);
    Path file = folder.resolve(MODULES);
    if (!Files.exists(file)) {
      return new SentenceConfig(maxLength, Pooling.MEAN, false);
    }
    List<JsonFile> modules = JsonFile.readList(file);
    List<String> kinds = modules.stream().map(SentenceConfig::kind).toList();
    boolean normalised = kinds.equals(List.of("Transformer", "Pooling", "Normalize"));
    if (!normalised && !kinds.equals(List.of("Transformer", "Pooling"))) {
      throw new InvalidModelException(
          file,
          "modules: " + InvalidModelException.printable(kinds.toString()),
          "Transformer, Pooling and perhaps Normalize");
    }
    modules
        .getFirst()
        .required("path", path -> path.asString("").isEmpty(), "\"\", the model folder itself");
    return new SentenceConfig(maxLength, pooling(folder, modules.get(1), config), normalised);
  }

  /** The last part of a Python class's name. */
  private static String kind(JsonFile module) {
    String type = module.text("type");
    return type.substring(type.lastIndexOf('.') + 1);
  }

  private static int maxLength(Path folder, int positions) {
    Path file = folder.resolve(TRANSFORMER);
    if (!Files.exists(file)) {
      return positions;
    }
    JsonFile json = JsonFile.read(file);
    json.only("do_lower_case", List.of("false"));
    return Math.min(positions, json.positive("max_seq_length", positions));
  }

  /** Texts are taken as they are, so a text that the model wants before all of them would miss. */
  private static void refusePrompt(Path folder) {
    Path file = folder.resolve(PROMPTS);
    if (Files.exists(file)) {
      JsonFile json = JsonFile.read(file);
      if (json.has("default_prompt_name")) {
        throw json.wrong(
            "default_prompt_name", json.root().get("default_prompt_name"), "null or absent");
      }
    }
  }

  private static Pooling pooling(Path folder, JsonFile module, EncoderConfig config) {
    String path = module.text("path");
    if (path.contains("..") || path.startsWith("/")) {
      throw module.wrong("path", module.root().get("path"), "a folder inside the model folder");
    }
    JsonFile json = JsonFile.read(folder.resolve(path).resolve(ModelConfig.FILE));
    int width = json.positive("word_embedding_dimension", config.hidden());
    if (width != config.hidden()) {
      throw json.wrong(
          "word_embedding_dimension",
          json.root().get("word_embedding_dimension"),
          "hidden_size, " + config.hidden());
    }
    return only(json);
  }

  /** The one mode that is switched on. */
  private static Pooling only(JsonFile json) {
    String on =
        json.root().properties().stream()
            .filter(entry -> entry.getKey().startsWith(MODE) && isTrue(entry))
            .map(entry -> entry.getKey().substring(MODE.length()))
            .collect(Collectors.joining(", "));
    for (Pooling pooling : Pooling.values()) {
      if (pooling.mode.equals(on)) {
        return pooling;
      }
    }
    throw new InvalidModelException(
        json.file(),
        "pooling_mode: " + InvalidModelException.printable(on.isEmpty() ? "none" : on),
        "one of mean_tokens, cls_token");
  }

  private static boolean isTrue(Map.Entry<String, JsonNode> entry) {
    return entry.getValue().asBoolean(false);
  }
}
