package io.anyserve.worker.torch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * What the small files of a model folder say.
 *
 * @param name the folder's name
 * @param endTokens tokens with which the model ends an answer
 * @param chatFormat how a conversation becomes a prompt, absent where the model has no such form
 */
public record ModelFiles(
    String name, ModelConfig config, Set<Integer> endTokens, Optional<ChatFormat> chatFormat) {

  private static final String GENERATION = "generation_config.json";
  private static final String TOKENIZER = "tokenizer_config.json";
  private static final String TEMPLATE = "chat_template.jinja";
  private static final String END = "eos_token_id";

  /**
   * A chat template and the special tokens that it may name.
   *
   * @param template Jinja
   * @param beginToken {@code bos_token}, empty where the model has none
   * @param endToken {@code eos_token}, empty where the model has none
   */
  public record ChatFormat(String template, String beginToken, String endToken) {}

  public ModelFiles {
    endTokens = Set.copyOf(endTokens);
  }

  static ModelFiles read(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new BrokenModelException(folder, "no such folder", "a Hugging Face model folder");
    }
    ModelConfig config = ModelConfig.read(folder);
    Path name = folder.toAbsolutePath().normalize().getFileName();
    return new ModelFiles(
        name == null ? "" : name.toString(), config, endTokens(folder, config), chatFormat(folder));
  }

  /** From the generation config, else from the model's config. */
  private static Set<Integer> endTokens(Path folder, ModelConfig config) {
    Path generation = folder.resolve(GENERATION);
    if (Files.exists(generation) && JsonFile.read(generation).has(END)) {
      return endTokens(JsonFile.read(generation), config);
    }
    return endTokens(JsonFile.read(folder.resolve(ModelConfig.FILE)), config);
  }

  private static Set<Integer> endTokens(JsonFile json, ModelConfig config) {
    Set<Integer> tokens = new TreeSet<>(json.integers(END));
    for (int token : tokens) {
      if (token < 0 || token >= config.vocabulary()) {
        String expected = "ids from 0 to " + (config.vocabulary() - 1);
        throw json.wrong(END, json.root().get(END), expected);
      }
    }
    return tokens;
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
      throw new BrokenModelException(file, "unreadable: " + e.getMessage(), "a template", e);
    }
  }

  /** A string or an object with the key content. */
  private static String token(JsonFile json, String key) {
    JsonNode token = json.root().path(key);
    return token.isObject() ? token.path("content").asString("") : token.asString("");
  }
}
