package io.anyserve.worker.simulated;

import io.anyserve.contracts.TokenIds;
import java.util.StringTokenizer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The tokens of prompts: their words. One that answers have has its id of them; all others share
 * one id.
 */
final class PromptWords {

  private static final String UNKNOWN_WORD = "<unk>";

  /** All characters up to the space. */
  private static final String SEPARATORS =
      IntStream.rangeClosed(0, ' ').mapToObj(Character::toString).collect(Collectors.joining());

  private static final int UNKNOWN = SimulatedText.words();

  /** Of a prompt that is not text. */
  static final TokenIds SOMETHING_ELSE = TokenIds.of(UNKNOWN);

  private PromptWords() {}

  /** Ids that there are. */
  static int size() {
    return UNKNOWN + 1;
  }

  static TokenIds ids(String prompt) {
    var words = new StringTokenizer(prompt, SEPARATORS);
    return TokenIds.of(
        IntStream.range(0, words.countTokens())
            .map(_ -> SimulatedText.id(words.nextToken()).orElse(UNKNOWN))
            .toArray());
  }

  static String text(TokenIds tokens) {
    return tokens.stream()
        .mapToObj(id -> id == UNKNOWN ? UNKNOWN_WORD : SimulatedText.text(id, 0))
        .collect(Collectors.joining(" "));
  }

  static int count(String text) {
    int words = 0;
    boolean inside = false;
    for (int i = 0; i < text.length(); i++) {
      boolean letter = text.charAt(i) > ' ';
      words += letter && !inside ? 1 : 0;
      inside = letter;
    }
    return words;
  }
}
