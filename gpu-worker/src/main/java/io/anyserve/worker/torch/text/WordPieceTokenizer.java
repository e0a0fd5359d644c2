package io.anyserve.worker.torch.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.anyserve.worker.torch.model.InvalidModelException;
import io.anyserve.worker.torch.model.WordPieceFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;

/**
 * Text to tokens and back, for one BERT model.
 *
 * <p>A text is between the model's two special tokens and never has one in it: what users wrote is
 * encoded as ordinary text, whatever it looks like. Safe for use by several threads.
 */
public final class WordPieceTokenizer implements AutoCloseable {

  private static final Map<String, String> OPTIONS =
      Map.of("addSpecialTokens", "false", "truncation", "DO_NOT_TRUNCATE", "padding", "DO_NOT_PAD");

  private final HuggingFaceTokenizer tokenizer;
  private final WordPieceFile file;

  private WordPieceTokenizer(HuggingFaceTokenizer tokenizer, WordPieceFile file) {
    this.tokenizer = tokenizer;
    this.file = file;
  }

  /** Throws InvalidModelException for what the tokenizers library refuses. */
  public static WordPieceTokenizer of(WordPieceFile file) {
    try (var json = new ByteArrayInputStream(file.json().getBytes(UTF_8))) {
      return new WordPieceTokenizer(HuggingFaceTokenizer.newInstance(json, OPTIONS), file);
    } catch (IOException | RuntimeException e) {
      String message = InvalidModelException.printable(String.valueOf(e.getMessage()));
      throw new InvalidModelException(file.source(), message, "a WordPiece tokenizer", e);
    }
  }

  /** The tokens of a text, with the special ones at both ends. */
  public int[] encode(String text) {
    long[] ids = text.isEmpty() ? new long[0] : tokenizer.encode(text, false, false).getIds();
    int[] tokens = new int[ids.length + 2];
    tokens[0] = file.begin();
    for (int i = 0; i < ids.length; i++) {
      tokens[i + 1] = (int) ids[i];
    }
    tokens[tokens.length - 1] = file.end();
    return tokens;
  }

  /** The text of tokens, special ones by their names. */
  public String spell(int... tokens) {
    return tokenizer.decode(Arrays.stream(tokens).asLongStream().toArray(), false);
  }

  /** One more than the highest id. */
  public int size() {
    return file.size();
  }

  /** Characters of a text that one token stands for, at most, in texts worth embedding. */
  public int mostCharacters() {
    return file.longestWord();
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
