package io.anyserve.ingress.chat;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.conversation.AnswerCost;
import io.anyserve.contracts.conversation.AnswerState;
import io.anyserve.contracts.conversation.ConversationId;
import io.anyserve.contracts.conversation.ConversationMessage;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.contracts.validation.Utf8;
import io.anyserve.ingress.response.ResponseSink;
import io.anyserve.ingress.response.ResponseStream;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Takes one answer out of the log for its conversation, whoever else reads it. What it records
 * depends on the log and the price books alone, so that every ingress records the same. Its stream
 * calls it, one call at a time.
 */
final class AnswerRecorder implements ResponseSink {

  private static final Failure NO_TEXT =
      new Failure(FailureCode.UNIMPLEMENTED, "model: answers with data (expected: text)");

  private static final Failure TOO_LONG =
      new Failure(
          FailureCode.TOO_LARGE,
          "answer: too long (expected: at most %d bytes)"
              .formatted(ConversationMessage.LONGEST_TEXT));

  private final ChatAnswers answers;
  private final ConversationId conversation;
  private final CompletableFuture<ConversationMessage> begun = new CompletableFuture<>();
  private final CompletableFuture<Void> caughtUp = new CompletableFuture<>();
  private final CompletableFuture<Optional<AnswerCost>> settled = new CompletableFuture<>();
  private final StringBuilder text = new StringBuilder();
  private long bytes;
  private @Nullable Failure unfit;
  private String model = "";
  private @Nullable Terminal end;
  private volatile Optional<AnswerCost> cost = Optional.empty();
  private volatile @Nullable ConversationMessage running;
  private volatile @Nullable ResponseStream stream;

  /** Of an answer that begins here. */
  AnswerRecorder(ChatAnswers answers, ConversationId conversation) {
    this.answers = answers;
    this.conversation = conversation;
    caughtUp.complete(null);
  }

  /** Of an answer that runs, or has ended, somewhere. */
  AnswerRecorder(ChatAnswers answers, ConversationId conversation, ConversationMessage running) {
    this.answers = answers;
    this.conversation = conversation;
    this.running = running;
    begun.complete(running);
  }

  ConversationId conversation() {
    return conversation;
  }

  /** The conversation is about to get it. */
  void begins(ConversationMessage message) {
    running = message;
  }

  /** The message in the conversation, once its request is in the log; fails as the request does. */
  CompletableFuture<ConversationMessage> begun() {
    return begun;
  }

  /** Done when what the log had has been read: the answer has ended, or runs on. */
  CompletableFuture<Void> caughtUp() {
    return caughtUp;
  }

  /**
   * What it cost; done when the conversation has the end, or nothing more is done here about it.
   */
  CompletableFuture<Optional<AnswerCost>> settled() {
    return settled;
  }

  void settle() {
    caughtUp.complete(null);
    settled.complete(cost);
  }

  /** Whose answer it is; empty before it is admitted. */
  Optional<RequestId> request() {
    return Optional.ofNullable(stream).map(opened -> opened.handle().request());
  }

  /** Throws IllegalStateException where it has not been opened. */
  ResponseStream stream() {
    ResponseStream opened = stream;
    if (opened == null) {
      throw new IllegalStateException("stream: not opened");
    }
    return opened;
  }

  @Override
  public boolean ready() {
    return true;
  }

  @Override
  public void opened(ResponseStream opened) {
    stream = opened;
    answers.opened(opened.handle().request(), this);
  }

  @Override
  public void accepted() {
    @Nullable ConversationMessage message = running;
    if (message != null) {
      begun.complete(message);
    }
  }

  @Override
  public void started(int attempt, Started started) {
    model = started.model();
  }

  @Override
  public void chunk(Chunk chunk) {
    if (chunk.payload().isPresent()) {
      refuse(NO_TEXT);
    } else if (unfit == null) {
      append(chunk.text());
    }
  }

  /** NUL cannot be in a message. */
  private void append(String piece) {
    bytes += Utf8.length(piece);
    if (bytes <= ConversationMessage.LONGEST_TEXT) {
      text.append(piece.replace('\0', '\uFFFD'));
    } else {
      refuse(TOO_LONG);
    }
  }

  private void refuse(Failure why) {
    if (unfit == null) {
      unfit = why;
      answers.stop(stream().handle().request());
    }
  }

  @Override
  public void live() {
    caughtUp.complete(null);
  }

  @Override
  public void ended(Terminal terminal, Instant at) {
    end = terminal;
    cost = answers.cost(terminal, at, model);
  }

  @Override
  public void finished(Finished finished) {
    record(new AnswerState.Complete(), finished.usage());
  }

  /** One that its user stopped is complete as it is. */
  @Override
  public void failed(Failure failure) {
    switch (end) {
      case null -> brokeOff(failure);
      case Cancelled(CancelReason reason, TokenUsage usage, var _)
          when reason == CancelReason.EXPLICIT ->
          record(new AnswerState.Complete(), usage);
      case Terminal terminal -> record(new AnswerState.Failed(failure), terminal.usage());
    }
  }

  private void record(AnswerState state, TokenUsage usage) {
    AnswerState judged = unfit == null ? state : new AnswerState.Failed(unfit);
    @Nullable ConversationMessage message = running;
    if (message == null) {
      answers.forget(this);
    } else {
      answers.record(this, message.ended(text.toString(), usage, cost, judged));
    }
  }

  /** The log does not say how it ended. */
  private void brokeOff(Failure failure) {
    boolean refused = begun.completeExceptionally(new FailureException(failure, null));
    if (isFinal(failure, refused)) {
      record(new AnswerState.Failed(failure), TokenUsage.NONE);
    } else {
      answers.forget(this);
    }
  }

  /**
   * Whether nobody will find another end in the log.
   *
   * @param refused its request did not get into the log, as far as is known here
   */
  private boolean isFinal(Failure failure, boolean refused) {
    return switch (failure.code()) {
      case RESUME_EXPIRED -> true;
      case SHUTTING_DOWN -> false;
      case DEADLINE_EXCEEDED, INTERNAL ->
          refused || (caughtUp.isDone() && answers.isOverdue(running));
      default -> refused;
    };
  }
}
