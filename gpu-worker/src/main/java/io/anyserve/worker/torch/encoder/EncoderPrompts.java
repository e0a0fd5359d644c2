package io.anyserve.worker.torch.encoder;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.embedding.EmbeddingInput;
import io.anyserve.worker.engine.VocabularyLimit;
import io.anyserve.worker.torch.text.PromptEncoder;
import io.anyserve.worker.torch.text.WordPieceTokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Makes tokens of the texts that callers want embedded.
 *
 * @param longest tokens of a text, the special ones at both ends included; none is cut
 */
record EncoderPrompts(WordPieceTokenizer tokenizer, VocabularyLimit vocabulary, int longest) {

  /** A text may have that many times the tokens of the longest one to be tokenized. */
  private static final int TOKENIZED = 4;

  /**
   * The tokens of each text; those that came as tokens are taken as they are.
   *
   * @throws FailureException when one is too long or has tokens that the model does not have
   */
  List<int[]> encode(List<EmbeddingInput> inputs) {
    List<int[]> texts = new ArrayList<>(inputs.size());
    for (int i = 0; i < inputs.size(); i++) {
      String name = "input " + i;
      texts.add(
          switch (inputs.get(i)) {
            case EmbeddingInput.OfText(String text) -> encode(name, text, longest);
            case EmbeddingInput.OfTokens(TokenIds tokens) -> {
              vocabulary.require(name, tokens);
              yield checked(name, tokens.toArray(), longest);
            }
          });
    }
    return texts;
  }

  /**
   * The tokens of a query and of each document, with the special tokens between and around them.
   *
   * @param inputs the query first; texts only, so that a separator is none of theirs
   * @throws FailureException when a pair is too long
   */
  List<int[]> pairs(List<EmbeddingInput> inputs) {
    int[] query = encode("input 0", text("input 0", inputs.getFirst()), longest);
    List<int[]> pairs = new ArrayList<>(inputs.size() - 1);
    for (int i = 1; i < inputs.size(); i++) {
      String name = "input " + i;
      int[] document = encode(name, text(name, inputs.get(i)), longest);
      int[] pair = Arrays.copyOf(query, query.length + document.length - 1);
      System.arraycopy(document, 1, pair, query.length, document.length - 1);
      pairs.add(checked(name + " with the query", pair, longest));
    }
    return pairs;
  }

  private static String text(String name, EmbeddingInput input) {
    return switch (input) {
      case EmbeddingInput.OfText(String text) -> text;
      case EmbeddingInput.OfTokens _ -> throw invalid(name + ": tokens (expected: text)");
    };
  }

  /**
   * The tokens of a text that need not be embedded.
   *
   * @throws FailureException when it is no text, or much too long
   */
  TokenIds tokenize(Payload input) {
    String text =
        switch (input) {
          case Payload.Text(String given) -> given;
          case Payload.Bytes data -> PromptEncoder.text(data);
          case Payload.Chat _ -> throw invalid("input: a conversation (expected: text)");
          case Payload.ObjectReference stored ->
              throw invalid("input: " + stored.object().key() + " (expected: content)");
        };
    return TokenIds.of(encode("input", text, TOKENIZED * longest));
  }

  /** Texts that are long for their tokens are not worth the time that it would take. */
  private int[] encode(String name, String text, int most) {
    long mostCharacters = (long) most * tokenizer.mostCharacters();
    if (text.length() > mostCharacters) {
      throw tooLong(name, text.length() + " characters", mostCharacters);
    }
    return checked(name, tokenizer.encode(text), most);
  }

  private static int[] checked(String name, int[] tokens, int most) {
    if (tokens.length > most) {
      throw tooLong(name, tokens.length + " tokens", most);
    }
    return tokens;
  }

  private static FailureException tooLong(String name, String length, long most) {
    return new FailureException(
        FailureCode.CONTEXT_LENGTH_EXCEEDED,
        name + ": " + length + " (expected: at most " + most + ")");
  }

  private static FailureException invalid(String message) {
    return new FailureException(FailureCode.INVALID_REQUEST, message);
  }
}
