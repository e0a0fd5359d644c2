package io.anyserve.contracts.sampling;

import io.anyserve.contracts.validation.Preconditions;
import java.util.List;

/**
 * What a model found likely at one position of an answer.
 *
 * @param chosen the answer's token
 * @param top the likeliest tokens, best first, as many as asked for
 * @param textOffset characters (Unicode code points) of the answer before the one that the token
 *     begins or continues
 */
public record PositionLogprobs(TokenLogprob chosen, List<TokenLogprob> top, int textOffset) {

  /** Bytes of an entry beside its piece, about. */
  private static final int ENTRY = 12;

  public PositionLogprobs {
    top = List.copyOf(top);
    Preconditions.that(textOffset >= 0, "text_offset", textOffset, ">= 0");
  }

  /** Bytes that it takes in a record, about. */
  public int size() {
    int bytes = ENTRY + chosen.piece().size();
    for (TokenLogprob other : top) {
      bytes += ENTRY + other.piece().size();
    }
    return bytes;
  }

  /** Bytes that they take in a record, about. */
  public static int size(List<PositionLogprobs> positions) {
    int bytes = 0;
    for (PositionLogprobs position : positions) {
      bytes += position.size();
    }
    return bytes;
  }
}
