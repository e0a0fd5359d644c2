package io.anyserve.worker.engine;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.TokenIds;

/**
 * The token ids that a model has.
 *
 * @param size ids, from 0 on
 */
public record VocabularyLimit(int size) {

  /** Throws a FailureException, INVALID_REQUEST, where one of the ids is none of the model's. */
  public void require(String name, TokenIds tokens) {
    int highest = tokens.stream().max().orElse(-1);
    if (highest >= size) {
      throw new FailureException(
          FailureCode.INVALID_REQUEST,
          name + ": token " + highest + " (expected: 0 to " + (size - 1) + ")");
    }
  }
}
