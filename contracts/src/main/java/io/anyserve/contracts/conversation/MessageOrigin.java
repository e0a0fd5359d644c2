package io.anyserve.contracts.conversation;

import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.validation.Preconditions;
import java.util.Optional;

/**
 * What made an answer.
 *
 * @param model that answered, at most 256 characters
 * @param reply where the events of the request are; empty where nobody said so
 */
public record MessageOrigin(
    RequestId request, String model, TokenUsage usage, Optional<ReplyTo> reply, AnswerState state) {

  private static final int LONGEST_MODEL = 256;

  public MessageOrigin {
    Preconditions.that(
        model.length() <= LONGEST_MODEL,
        "generation.model",
        model.length() + " characters",
        "at most " + LONGEST_MODEL);
    Preconditions.line("generation.model", model);
    Preconditions.that(
        reply.isPresent() || !(state instanceof AnswerState.Running),
        "generation.reply",
        "none",
        "set while the answer is running");
  }

  /** Of an answer that is complete. */
  public MessageOrigin(RequestId request, String model, TokenUsage usage) {
    this(request, model, usage, Optional.empty(), new AnswerState.Complete());
  }

  public boolean isRunning() {
    return state instanceof AnswerState.Running;
  }

  /** The same at its end. */
  public MessageOrigin ended(TokenUsage counted, AnswerState end) {
    return new MessageOrigin(request, model, counted, reply, end);
  }
}
