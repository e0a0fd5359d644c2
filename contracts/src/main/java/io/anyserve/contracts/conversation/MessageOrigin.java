package io.anyserve.contracts.conversation;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.validation.Preconditions;

/**
 * What made an answer.
 *
 * @param model that answered, at most 256 characters
 */
public record MessageOrigin(RequestId request, String model, TokenUsage usage) {

  private static final int LONGEST_MODEL = 256;

  public MessageOrigin {
    Preconditions.that(
        model.length() <= LONGEST_MODEL,
        "generation.model",
        model.length() + " characters",
        "at most " + LONGEST_MODEL);
    Preconditions.line("generation.model", model);
  }
}
