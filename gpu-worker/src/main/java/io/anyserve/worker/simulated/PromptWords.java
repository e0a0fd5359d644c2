package io.anyserve.worker.simulated;

import io.anyserve.contracts.Payload;
import io.anyserve.contracts.TokenIds;
import io.anyserve.worker.engine.VocabularyLimit;
import java.util.Collections;
import java.util.List;
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
  private static final TokenIds SOMETHING_ELSE = TokenIds.of(UNKNOWN);

  /** The ids that there are. */
  static final VocabularyLimit LIMIT = new VocabularyLimit(UNKNOWN + 1);

  private PromptWords() {}

  static TokenIds ids(Payload input) {
    return switch (input) {
      case Payload.Text _, Payload.Chat _ -> ids(SimulatedSequence.prompt(input));
      case Payload.Bytes _, Payload.ObjectReference _ -> SOMETHING_ELSE;
    };
  }

  private static TokenIds ids(String prompt) {
    return TokenIds.of(
        words(prompt).stream().mapToInt(word -> SimulatedText.id(word).orElse(UNKNOWN)).toArray());
  }

  static List<String> words(String text) {
    return Collections.list(new StringTokenizer(text, SEPARATORS)).stream()
        .map(String.class::cast)
        .toList();
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
