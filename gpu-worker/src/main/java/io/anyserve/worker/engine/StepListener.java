package io.anyserve.worker.engine;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.answer.AnswerDelta;
import io.anyserve.contracts.sampling.PositionLogprobs;
import java.util.List;

/** Hears what a step brought; called by the engine's thread, must not block. */
public interface StepListener {

  /**
   * The next tokens of an answer.
   *
   * @param delta without ids of calls; may be empty while a character, a possible stop string or a
   *     possible tool call is incomplete
   * @param logprobs one for each token, where the sequence asks for them; else none
   */
  void tokens(
      long executionId, TokenIds tokens, AnswerDelta delta, List<PositionLogprobs> logprobs);

  /** A piece of an answer that is not text. */
  void payload(long executionId, TokenIds tokens, Payload payload);

  /** So many tokens were guessed before they were computed, and so many of them were right. */
  default void guessed(int tokens, int right) {}

  /** The answer is complete; text that was held back came before. */
  void ended(long executionId, FinishReason reason);

  /** There will be no more answer. */
  void failed(long executionId, Failure failure);
}
