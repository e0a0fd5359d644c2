package io.anyserve.worker.torch.speculation;

import java.util.Arrays;

/**
 * Guesses how a sequence goes on: as it did after the last place where it had the same few tokens.
 * Right where an answer repeats its prompt or itself, as in code, quotations and lists. The method
 * is Saxena's, "Prompt Lookup Decoding" (2023).
 */
public final class PromptLookup {

  /** Longer matches are better guesses, and shorter ones are more often there. */
  private static final int LONGEST_MATCH = 3;

  private static final int SHORTEST_MATCH = 2;
  private static final int[] NOTHING = {};

  private PromptLookup() {}

  /**
   * The tokens that may follow, possibly none. What is below 0 stands for an image and is not
   * guessed.
   *
   * @param length tokens of the sequence; what the array holds behind them does not count
   * @param most tokens of the guess
   */
  public static int[] guess(int[] tokens, int length, int most) {
    for (int match = LONGEST_MATCH; most > 0 && match >= SHORTEST_MATCH; match--) {
      int end = lastMatch(tokens, length, match);
      if (end > 0) {
        return Arrays.stream(tokens, end, Math.min(length, end + most))
            .takeWhile(token -> token >= 0)
            .toArray();
      }
    }
    return NOTHING;
  }

  /** Where the last earlier occurrence of the sequence's end ends; 0 where there is none. */
  private static int lastMatch(int[] tokens, int length, int match) {
    for (int end = length - 1; end >= match; end--) {
      if (Arrays.equals(tokens, end - match, end, tokens, length - match, length)) {
        return end;
      }
    }
    return 0;
  }
}
