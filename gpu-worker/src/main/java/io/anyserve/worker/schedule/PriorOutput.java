package io.anyserve.worker.schedule;

import io.anyserve.contracts.Payload;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.answer.AnswerDelta;
import java.util.Optional;

/**
 * What earlier attempts wrote of an answer, as far as it counts.
 *
 * @param promptTokens as they announced it, 0 where none did
 * @param chunks the sequence of the next chunk
 * @param payload what was not text
 */
public record PriorOutput(
    long promptTokens,
    long chunks,
    TokenIds tokens,
    AnswerDelta answer,
    Optional<Payload> payload) {

  public static final PriorOutput NOTHING =
      new PriorOutput(0, 0, TokenIds.NONE, AnswerDelta.NOTHING, Optional.empty());

  public TokenUsage usage() {
    return new TokenUsage(promptTokens, tokens.size(), 0);
  }
}
