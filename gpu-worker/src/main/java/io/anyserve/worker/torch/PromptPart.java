package io.anyserve.worker.torch;

import java.util.stream.IntStream;

/**
 * Tokens of a part of a prompt, and vectors where images are.
 *
 * @param tokens below 0 where an image is
 * @param vectors of these places, one behind the other
 */
@SuppressWarnings("ArrayRecordComponent")
record PromptPart(int[] tokens, float[] vectors) {

  private static final float[] NOTHING = {};

  /** Without images. */
  static PromptPart text(int... tokens) {
    return new PromptPart(tokens, NOTHING);
  }

  boolean hasImages() {
    return vectors.length > 0;
  }

  /** Where images are. */
  long[] places() {
    return IntStream.range(0, tokens.length).filter(i -> tokens[i] < 0).asLongStream().toArray();
  }

  /** The tokens with a token in the place of each image, whose own vector is not read. */
  int[] plainTokens() {
    return hasImages() ? IntStream.of(tokens).map(token -> Math.max(0, token)).toArray() : tokens;
  }
}
