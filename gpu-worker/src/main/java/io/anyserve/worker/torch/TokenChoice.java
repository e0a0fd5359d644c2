package io.anyserve.worker.torch;

import io.anyserve.contracts.sampling.SamplingParams;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How the next token of a sequence is chosen, and what is told of the choice.
 *
 * @param ranked asks for the likelihood of the token and of that many of the likeliest ones
 * @param constraint leaves some tokens only; nothing where any may come
 */
record TokenChoice(
    SamplingParams sampling,
    LogitAdjustments adjustments,
    OptionalInt ranked,
    Optional<OutputConstraint> constraint) {

  /** Of all tokens. */
  TokenChoice(SamplingParams sampling, LogitAdjustments adjustments, OptionalInt ranked) {
    this(sampling, adjustments, ranked, Optional.empty());
  }

  /** From the logits as they are, telling nothing but the token. */
  TokenChoice(SamplingParams sampling) {
    this(sampling, LogitAdjustments.NONE, OptionalInt.empty());
  }
}
