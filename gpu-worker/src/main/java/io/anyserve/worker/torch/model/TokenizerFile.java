package io.anyserve.worker.torch.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A {@code tokenizer.json} and where it is from.
 *
 * @param source the file that messages name
 */
public record TokenizerFile(Path source, String json) {

  private static final String NAME = "tokenizer.json";

  /** The one of a model folder. */
  public static TokenizerFile of(Path folder) {
    Path file = folder.resolve(NAME);
    if (!Files.isRegularFile(file)) {
      throw new InvalidModelException(file, "no such file", "a Hugging Face tokenizer");
    }
    try {
      return new TokenizerFile(file, Files.readString(file));
    } catch (IOException e) {
      throw new InvalidModelException(file, "unreadable: " + e.getMessage(), "a tokenizer", e);
    }
  }

  /** As UTF-8. */
  public InputStream content() {
    return new ByteArrayInputStream(json.getBytes(UTF_8));
  }
}
