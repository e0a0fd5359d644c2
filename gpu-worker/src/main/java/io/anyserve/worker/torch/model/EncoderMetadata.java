package io.anyserve.worker.torch.model;

import java.nio.file.Path;

/**
 * What the small files of an encoder's folder say.
 *
 * @param name the folder's name
 */
public record EncoderMetadata(
    String name, EncoderConfig config, SentenceConfig sentence, WordPieceFile tokens) {

  public static EncoderMetadata read(Path folder) {
    EncoderConfig config = EncoderConfig.read(folder);
    WordPieceFile tokens = WordPieceFile.read(folder);
    if (tokens.size() > config.embedding().vocabulary()) {
      throw new InvalidModelException(
          tokens.source(),
          "tokens: " + tokens.size(),
          "at most vocab_size, " + config.embedding().vocabulary());
    }
    return new EncoderMetadata(
        ModelMetadata.name(folder), config, SentenceConfig.read(folder, config), tokens);
  }
}
