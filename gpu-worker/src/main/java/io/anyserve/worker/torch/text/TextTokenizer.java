package io.anyserve.worker.torch.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.anyserve.jinja.value.RenderedPrompt;
import io.anyserve.jinja.value.RenderedPrompt.Piece;
import io.anyserve.worker.torch.model.InvalidModelException;
import io.anyserve.worker.torch.model.TokenizerFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Text to tokens and back, for one model.
 *
 * <p>Special tokens come from a chat template's own markup only: what users wrote is encoded as
 * ordinary text, whatever it looks like. Safe for use by several threads.
 */
public final class TextTokenizer implements AutoCloseable {

  private static final Map<String, String> OPTIONS =
      Map.of("addSpecialTokens", "false", "truncation", "DO_NOT_TRUNCATE");

  /** Any text shows what stands around texts. */
  private static final String SAMPLE = "a";

  /** Normalisation joins at most this many characters to one. */
  private static final int NORMALISED = 4;

  private final HuggingFaceTokenizer tokenizer;
  private final Vocabulary table;
  private final int mostCharacters;
  private final int[] begin;

  private TextTokenizer(HuggingFaceTokenizer tokenizer, Vocabulary table) {
    this.tokenizer = tokenizer;
    this.table = table;
    this.begin = begin(tokenizer);
    this.mostCharacters = NORMALISED * table.longest();
  }

  /** Throws InvalidModelException when the file is damaged or of another kind. */
  public static TextTokenizer load(TokenizerFile file) {
    Vocabulary table = Vocabulary.read(file);
    try {
      return new TextTokenizer(HuggingFaceTokenizer.newInstance(file.content(), OPTIONS), table);
    } catch (IOException | RuntimeException e) {
      String message = InvalidModelException.printable(String.valueOf(e.getMessage()));
      throw new InvalidModelException(file.source(), message, "a Hugging Face tokenizer", e);
    }
  }

  /** What the tokenizer's own rule puts before a text. */
  private static int[] begin(HuggingFaceTokenizer tokenizer) {
    long[] framed = tokenizer.encode(SAMPLE, true, false).getIds();
    long[] plain = tokenizer.encode(SAMPLE, false, false).getIds();
    for (int start = 0; start + plain.length <= framed.length; start++) {
      if (Arrays.equals(framed, start, start + plain.length, plain, 0, plain.length)) {
        return Arrays.stream(framed, 0, start).mapToInt(Math::toIntExact).toArray();
      }
    }
    return new int[0];
  }

  /** The tokens of a text that stands alone, behind the one with which the model's texts begin. */
  public int[] encodeAlone(String text) {
    return IntStream.concat(Arrays.stream(begin), ordinary(text)).toArray();
  }

  /** The tokens of a conversation that a template has rendered. */
  public int[] encode(RenderedPrompt prompt) {
    return prompt.pieces(table.special().keySet()).stream().flatMapToInt(this::encode).toArray();
  }

  /** The tokens of a text in which nothing is special. */
  public int[] encode(String text) {
    return ordinary(text).toArray();
  }

  /** The text of whole tokens; special tokens are left out. */
  public String decode(int... tokens) {
    var stream = new StreamingDetokenizer(table);
    StringBuilder text = new StringBuilder();
    for (int token : tokens) {
      text.append(stream.push(token));
    }
    return withoutFirstSpace(text.append(stream.flush()).toString());
  }

  /** The text of tokens, special ones by their names. */
  public String spell(int... tokens) {
    var bytes = new ByteArrayOutputStream();
    for (int token : tokens) {
      bytes.writeBytes(table.piece(token).toByteArray());
    }
    return withoutFirstSpace(bytes.toString(UTF_8));
  }

  @Override
  public void close() {
    tokenizer.close();
  }

  /** Characters of a text that one token stands for, at most. */
  int mostCharacters() {
    return mostCharacters;
  }

  public Vocabulary table() {
    return table;
  }

  private String withoutFirstSpace(String text) {
    return table.spaceFirst() && text.startsWith(" ") ? text.substring(1) : text;
  }

  private IntStream encode(Piece piece) {
    return switch (piece) {
      case Piece.Special(String token) -> IntStream.of(table.special(token));
      case Piece.Plain(String text) -> ordinary(text);
    };
  }

  /**
   * The native tokenizer knows no switch for special tokens, so a text that spells one is cut
   * behind that one's first character and encoded in parts.
   */
  private IntStream ordinary(String text) {
    TreeSet<Integer> cuts = new TreeSet<>();
    for (String token : table.special().keySet()) {
      for (int at = text.indexOf(token); at >= 0; at = text.indexOf(token, at + 1)) {
        cuts.add(at + token.offsetByCodePoints(0, 1));
      }
    }
    cuts.add(text.length());
    IntStream.Builder tokens = IntStream.builder();
    int start = 0;
    for (int cut : cuts) {
      Arrays.stream(ids(text.substring(start, cut))).forEach(id -> tokens.add((int) id));
      start = cut;
    }
    return tokens.build();
  }

  private long[] ids(String part) {
    return part.isEmpty() ? new long[0] : tokenizer.encode(part, false, false).getIds();
  }
}
