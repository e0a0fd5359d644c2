package io.anyserve.worker.engine;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.sampling.GenerationParameters;

/**
 * One sequence to run.
 *
 * @param executionId names the sequence in all calls
 * @param input content itself, never a reference
 * @param written tokens of earlier attempts: the answer goes on behind them, and the text of what
 *     follows is the same as if it had never been interrupted
 */
public record SequenceRequest(
    long executionId, Payload input, GenerationParameters parameters, TokenIds written) {

  /**
   * Throws a FailureException, INVALID_REQUEST, where a bias is for a token that the model does not
   * have.
   *
   * @param vocabulary number of token ids
   */
  public void requireBiasWithin(int vocabulary) {
    int highest = parameters.logitBias().highest();
    if (highest >= vocabulary) {
      throw new FailureException(
          FailureCode.INVALID_REQUEST,
          "logit_bias: token " + highest + " (expected: 0 to " + (vocabulary - 1) + ")");
    }
  }
}
