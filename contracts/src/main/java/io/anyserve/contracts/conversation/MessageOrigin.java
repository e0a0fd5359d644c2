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
 * @param cost empty where no price book has a price for it, or nobody said so
 * @param reply where the events of the request are; empty where nobody said so
 */
public record MessageOrigin(
    RequestId request,
    String model,
    TokenUsage usage,
    Optional<AnswerCost> cost,
    Optional<ReplyTo> reply,
    AnswerState state) {

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

  /** Of an answer that is complete and has no cost. */
  public MessageOrigin(RequestId request, String model, TokenUsage usage) {
    this(request, model, usage, Optional.empty(), new AnswerState.Complete());
  }

  /** Of an answer that has no cost, or none yet. */
  public MessageOrigin(
      RequestId request,
      String model,
      TokenUsage usage,
      Optional<ReplyTo> reply,
      AnswerState state) {
    this(request, model, usage, Optional.empty(), reply, state);
  }

  public boolean isRunning() {
    return state instanceof AnswerState.Running;
  }

  /** The same at its end. */
  public MessageOrigin ended(TokenUsage counted, Optional<AnswerCost> charged, AnswerState end) {
    return new MessageOrigin(request, model, counted, charged, reply, end);
  }
}
