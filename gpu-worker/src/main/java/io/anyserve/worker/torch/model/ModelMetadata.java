package io.anyserve.worker.torch.model;

import io.anyserve.worker.answer.AnswerFormat;
import io.anyserve.worker.answer.FormatSetting;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What the small files of a model say.
 *
 * @param chatFormat how a conversation becomes a prompt, absent where the model has no such form
 */
public record ModelMetadata(
    String name, ModelConfig config, GenerationConfig generation, Optional<ChatFormat> chatFormat) {

  /**
   * A chat template and the special tokens that it may name.
   *
   * @param template Jinja
   * @param beginToken {@code bos_token}, empty where the model has none
   * @param endToken {@code eos_token}, empty where the model has none
   */
  public record ChatFormat(String template, String beginToken, String endToken) {}

  public static ModelMetadata of(DecoderFiles files) {
    JsonFile json = files.config();
    ModelConfig config = ModelConfig.of(json);
    return new ModelMetadata(
        files.name(),
        config,
        GenerationConfig.of(json, files.generation(), config),
        files.chatFormat());
  }

  /** How it writes its answers. */
  public AnswerFormat answerFormat(FormatSetting setting) {
    return setting.formatOf(chatFormat.map(ChatFormat::template));
  }

  /** A model in a folder has the folder's name. */
  static String name(Path folder) {
    Path name = folder.toAbsolutePath().normalize().getFileName();
    return name == null ? "" : name.toString();
  }
}
