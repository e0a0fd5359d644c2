package io.anyserve.worker.torch.model;

import io.anyserve.worker.torch.model.ModelMetadata.ChatFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** A Hugging Face model folder. */
public record DecoderFolder(Path source) implements DecoderFiles {

  private static final String TOKENIZER = "tokenizer_config.json";
  private static final String TEMPLATE = "chat_template.jinja";
  private static final String TEMPLATE_OBJECT = "chat_template.json";

  /** The folder's name is the model's. */
  @Override
  public String name() {
    return ModelMetadata.name(source);
  }

  @Override
  public JsonFile config() {
    if (!Files.isDirectory(source)) {
      throw new InvalidModelException(source, "no such folder", "a Hugging Face model folder");
    }
    return JsonFile.read(source.resolve(ModelConfig.FILE));
  }

  @Override
  public Optional<JsonFile> generation() {
    Path file = source.resolve(GenerationConfig.FILE);
    return Files.exists(file) ? Optional.of(JsonFile.read(file)) : Optional.empty();
  }

  @Override
  public Optional<ChatFormat> chatFormat() {
    Path config = source.resolve(TOKENIZER);
    if (!Files.exists(config)) {
      return Optional.empty();
    }
    JsonFile json = JsonFile.read(config);
    return template(json)
        .map(text -> new ChatFormat(text, token(json, "bos_token"), token(json, "eos_token")));
  }

  @Override
  public TokenizerFile tokenizer() {
    return TokenizerFile.of(source);
  }

  @Override
  public WeightFile weights() {
    return Checkpoint.open(source);
  }

  /** A file of its own, or a string, or the one named default in a list. */
  private Optional<String> template(JsonFile json) {
    Path own = source.resolve(TEMPLATE);
    if (Files.exists(own)) {
      return Optional.of(content(own));
    }
    Path object = source.resolve(TEMPLATE_OBJECT);
    if (Files.exists(object)) {
      return Optional.of(JsonFile.read(object).text("chat_template"));
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
