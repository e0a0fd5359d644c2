package io.anyserve.worker.torch;

import io.anyserve.grammar.GrammarState;
import io.anyserve.grammar.OutputGrammar;
import io.anyserve.grammar.TokenMasks;
import java.util.Arrays;
import java.util.Set;

/**
 * The grammar that an answer keeps to, and how far the answer has come. A function of the grammar
 * and the tokens added. Owned by the engine thread.
 */
final class OutputConstraint {

  private final GrammarTokens tokens;
  private final TokenMasks masks;
  private final Set<Integer> endTokens;
  private GrammarState state;

  /**
   * @param endTokens tokens that end the answer, allowed where the document may end
   */
  OutputConstraint(
      OutputGrammar grammar, GrammarTokens tokens, TokenMasks masks, Set<Integer> endTokens) {
    this.tokens = tokens;
    this.masks = masks;
    this.endTokens = Set.copyOf(endTokens);
    this.state = grammar.start();
  }

  /** Takes the token into the answer, unless the format does not allow it there. */
  boolean accept(int token) {
    GrammarState next = state.advance(tokens.bytes(token));
    if (next.failed()) {
      return false;
    }
    state = next;
    return true;
  }

  /** Whether the document is complete, so that nothing may follow. */
  boolean complete() {
    return state.mustEnd();
  }

  /** Whether the model has no token for what must follow, such as a byte of a rare character. */
  boolean stuck() {
    return !state.mayEnd() && Arrays.stream(masks.mask(state)).allMatch(word -> word == 0);
  }

  /** Writes a bit for each token that may come next, 64 to a word, from an index on. */
  void write(long[] words, int index) {
    long[] mask = masks.mask(state);
    System.arraycopy(mask, 0, words, index, mask.length);
    if (state.free()) {
      for (int token : tokens.silent()) {
        words[index + token / 64] |= 1L << (token % 64);
      }
    }
    if (state.mayEnd()) {
      for (int token : endTokens) {
        words[index + token / 64] |= 1L << (token % 64);
      }
    }
  }
}
