package io.anyserve.worker.torch.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What the small files of a model folder say.
 *
 * @param name the folder's name
 * @param chatFormat how a conversation becomes a prompt, absent where the model has no such form
 */
public record ModelMetadata(
    String name, ModelConfig config, GenerationConfig generation, Optional<ChatFormat> chatFormat) {

  private static final String TOKENIZER = "tokenizer_config.json";
  private static final String TEMPLATE = "chat_template.jinja";

  /**
   * A chat template and the special tokens that it may name.
   *
   * @param template Jinja
   * @param beginToken {@code bos_token}, empty where the model has none
   * @param endToken {@code eos_token}, empty where the model has none
   */
  public record ChatFormat(String template, String beginToken, String endToken) {}

  public static ModelMetadata read(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new InvalidModelException(folder, "no such folder", "a Hugging Face model folder");
    }
    ModelConfig config = ModelConfig.read(folder);
    return new ModelMetadata(
        name(folder), config, GenerationConfig.read(folder, config), chatFormat(folder));
  }

  /** The folder's name is the model's. */
  static String name(Path folder) {
    Path name = folder.toAbsolutePath().normalize().getFileName();
    return name == null ? "" : name.toString();
  }

  private static Optional<ChatFormat> chatFormat(Path folder) {
    Path config = folder.resolve(TOKENIZER);
    if (!Files.exists(config)) {
      return Optional.empty();
    }
    JsonFile json = JsonFile.read(config);
    return source(folder, json)
        .map(source -> new ChatFormat(source, token(json, "bos_token"), token(json, "eos_token")));
  }

  /** A file of its own, a string, or the one named default in a list. */
  private static Optional<String> source(Path folder, JsonFile json) {
    Path own = folder.resolve(TEMPLATE);
    if (Files.exists(own)) {
      return Optional.of(content(own));
    }
    if (!json.has("chat_template")) {
      return Optional.empty();
    }
    JsonNode template = json.root().get("chat_template");
    if (template.isString()) {
      return Optional.of(template.stringValue());
    }
    return template
        .valueStream()
        .filter(entry -> entry.path("name").asString("").equals("default"))
        .map(entry -> entry.path("template").asString(""))
        .findFirst()
        .or(() -> refused(json, template));
  }

  private static Optional<String> refused(JsonFile json, JsonNode template) {
    throw json.wrong("chat_template", template, "a string or a list with the name default");
  }

  private static String content(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new InvalidModelException(file, "unreadable: " + e.getMessage(), "a template", e);
    }
  }

  /** A string or an object with the key content. */
  private static String token(JsonFile json, String key) {
    JsonNode token = json.root().path(key);
    return token.isObject() ? token.path("content").asString("") : token.asString("");
  }
}
