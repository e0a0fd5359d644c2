package io.anyserve.contracts.sampling;

import com.google.protobuf.ByteString;
import io.anyserve.contracts.validation.Preconditions;

/**
 * How likely a token was for the model itself: before temperature, penalties, bias, top k and top
 * p. That is what vLLM calls raw logprobs and what the OpenAI API reports.
 *
 * @param piece what it stands for in UTF-8, possibly a part of a character; the name of a special
 *     token; empty for an id without a token
 * @param logprob natural logarithm of its probability, from {@link #LEAST} to 0
 */
public record TokenLogprob(int token, ByteString piece, float logprob) {

  /** Stands for every probability below it, zero included: JSON has no infinity. */
  public static final float LEAST = -9999;

  public TokenLogprob {
    Preconditions.that(token >= 0, "logprobs", "token " + token, "ids of at least 0");
    Preconditions.that(
        logprob >= LEAST && logprob <= 0, "logprobs", logprob, LEAST + " to 0 as logprob");
  }
}
