package io.anyserve.worker.torch.gguf;

import io.anyserve.worker.torch.model.DecoderFiles;
import io.anyserve.worker.torch.model.JsonFile;
import io.anyserve.worker.torch.model.ModelMetadata.ChatFormat;
import io.anyserve.worker.torch.model.TokenizerFile;
import io.anyserve.worker.torch.model.WeightFile;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A model in a GGUF file, which has everything: weights, sizes, tokenizer and chat template. */
public record GgufModel(Path source) implements DecoderFiles {

  private static final String ENDING = ".gguf";
  private static final String TEMPLATE = "tokenizer.chat_template";
  static final String BEGIN = "tokenizer.ggml.bos_token_id";
  private static final String END = "tokenizer.ggml.eos_token_id";

  /** Sampling that a model recommends, and what {@code generation_config.json} calls it. */
  private static final Map<String, String> SAMPLING =
      Map.of(
          "general.sampling.temp", "temperature",
          "general.sampling.top_p", "top_p",
          "general.sampling.min_p", "min_p",
          "general.sampling.penalty_repeat", "repetition_penalty");

  private static final String TOP_K = "general.sampling.top_k";

  /** The file's name is the model's. */
  @Override
  public String name() {
    Path file = source.getFileName();
    String name = file == null ? "" : file.toString();
    return name.endsWith(ENDING) ? name.substring(0, name.length() - ENDING.length()) : name;
  }

  @Override
  public JsonFile config() {
    return read(GgufConfig::of);
  }

  @Override
  public Optional<JsonFile> generation() {
    return read(
        file -> {
          ObjectNode json = sampling(file.metadata());
          return json.isEmpty() ? Optional.empty() : Optional.of(new JsonFile(source, json));
        });
  }

  @Override
  public Optional<ChatFormat> chatFormat() {
    return read(
        file -> {
          GgufMetadata metadata = file.metadata();
          GgufTokens tokens = GgufTokens.of(metadata);
          return metadata
              .optionalText(TEMPLATE)
              .map(template -> new ChatFormat(template, tokens.named(BEGIN), tokens.named(END)));
        });
  }

  @Override
  public TokenizerFile tokenizer() {
    return read(GgufTokenizer::of);
  }

  @Override
  public WeightFile weights() {
    return GgufWeights.of(GgufFile.open(source));
  }

  /** Numbers in all tensors together. */
  public long size() {
    return read(GgufFile::size);
  }

  private <T> T read(Function<GgufFile, T> reader) {
    try (GgufFile file = GgufFile.open(source)) {
      return reader.apply(file);
    }
  }

  private static ObjectNode sampling(GgufMetadata metadata) {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    SAMPLING.forEach(
        (key, name) -> {
          if (metadata.has(key)) {
            json.put(name, metadata.number(key));
          }
        });
    if (metadata.has(TOP_K)) {
      json.put("top_k", metadata.integer(TOP_K, 0));
    }
    return json;
  }
}
