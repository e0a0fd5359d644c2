package io.anyserve.contracts.event;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Capability;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.TopicOffset;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.answer.AnswerDelta;
import io.anyserve.contracts.sampling.PositionLogprobs;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What happens to a request while it runs. */
public sealed interface TokenEvent {

  /** Whose request it is; empty where the event does not say it. */
  default Optional<RequestContext> requestContext() {
    return switch (this) {
      case Started started -> Optional.of(started.context());
      case Terminal terminal -> terminal.context();
      case Chunk _, Released _, DuplicateSubmission _ -> Optional.empty();
    };
  }

  /**
   * A worker took the request: from here on its execution counts and no earlier one. An execution
   * that does not know the length of the prompt yet writes it again when it does.
   *
   * @param promptTokens 0 where they are not counted yet
   * @param inputBytes of the request's input, wherever it lies
   * @param source where the request lies
   * @param again the execution has written one with the same attempt before: it does not fence
   *     another one that began since
   */
  record Started(
      RequestContext context,
      WorkerId worker,
      Capability capability,
      String model,
      long promptTokens,
      long inputBytes,
      boolean delegated,
      Optional<TopicOffset> source,
      boolean again)
      implements TokenEvent {

    /** The first one of an execution. */
    public Started(
        RequestContext context,
        WorkerId worker,
        Capability capability,
        String model,
        long promptTokens,
        long inputBytes,
        boolean delegated,
        Optional<TopicOffset> source) {
      this(context, worker, capability, model, promptTokens, inputBytes, delegated, source, false);
    }

    /** The same, written once more. */
    public Started repeated() {
      return new Started(
          context, worker, capability, model, promptTokens, inputBytes, delegated, source, true);
    }

    /**
     * Who answers from here on.
     *
     * @param attempt of the record that carries this event
     */
    public ServedBy servedBy(int attempt) {
      return new ServedBy(capability.value(), model, worker.value(), attempt, delegated);
    }
  }

  /**
   * The next piece of the answer.
   *
   * @param sequence from 0 over all attempts, without gap
   * @param tokens all of them, those of reasoning and tool calls included
   * @param delta may be empty while a character, a possible stop string or a possible tool call is
   *     incomplete
   * @param payload what is not text
   * @param logprobs one for each token, where the request asks for them
   */
  record Chunk(
      long sequence,
      TokenIds tokens,
      AnswerDelta delta,
      Optional<Payload> payload,
      List<PositionLogprobs> logprobs)
      implements TokenEvent {

    public Chunk {
      logprobs = List.copyOf(logprobs);
    }

    /** Nothing but text, with logprobs. */
    public Chunk(
        long sequence,
        TokenIds tokens,
        String text,
        Optional<Payload> payload,
        List<PositionLogprobs> logprobs) {
      this(sequence, tokens, AnswerDelta.text(text), payload, logprobs);
    }

    /** Of a request that does not ask for logprobs. */
    public Chunk(long sequence, TokenIds tokens, String text, Optional<Payload> payload) {
      this(sequence, tokens, text, payload, List.of());
    }

    /** What the caller sees as the answer. */
    public String text() {
      return delta.text();
    }

    /** The same with another payload. */
    public Chunk with(Optional<Payload> other) {
      return new Chunk(sequence, tokens, delta, other, logprobs);
    }
  }

  /**
   * The execution stops answering on purpose, and the request is not the reason, such as when the
   * worker drains. What the execution wrote stands; it is no failed attempt. Its worker publishes
   * the request again and says so in a second one.
   *
   * @param reason for people
   * @param republished the request lies in its topic again, with the attempts made so far
   */
  record Released(String reason, boolean republished) implements TokenEvent {

    /** Nobody has published the request again yet. */
    public Released(String reason) {
      this(reason, false);
    }
  }

  /** The last event of a request; there is exactly one that counts. */
  sealed interface Terminal extends TokenEvent {

    Outcome outcome();

    TokenUsage usage();

    /** Whose request it is, where no Started came before; else empty. */
    Optional<RequestContext> context();

    /** Spent in the engine; zero where the answer is not complete. */
    Duration engineTime();

    /** The same end with these counts. */
    Terminal with(TokenUsage counted);
  }

  /**
   * The answer is complete.
   *
   * @param output all of it, for asynchronous requests; a conversation of one message where it has
   *     reasoning or tool calls
   * @param engineTime spent in the engine
   */
  record Finished(
      FinishReason reason, TokenUsage usage, Optional<Payload> output, Duration engineTime)
      implements Terminal {

    @Override
    public Outcome outcome() {
      return Outcome.FINISHED;
    }

    @Override
    public Optional<RequestContext> context() {
      return Optional.empty();
    }

    @Override
    public Finished with(TokenUsage counted) {
      return new Finished(reason, counted, output, engineTime);
    }
  }

  /**
   * There will be no (more) answer.
   *
   * @param context where no Started came before
   */
  record Failed(Failure failure, TokenUsage usage, Optional<RequestContext> context)
      implements Terminal {

    @Override
    public Outcome outcome() {
      return Outcome.FAILED;
    }

    @Override
    public Duration engineTime() {
      return Duration.ZERO;
    }

    @Override
    public Failed with(TokenUsage counted) {
      return new Failed(failure, counted, context);
    }
  }

  /**
   * Stopped on purpose.
   *
   * @param context where no Started came before
   */
  record Cancelled(CancelReason reason, TokenUsage usage, Optional<RequestContext> context)
      implements Terminal {

    @Override
    public Outcome outcome() {
      return Outcome.CANCELLED;
    }

    @Override
    public Duration engineTime() {
      return Duration.ZERO;
    }

    @Override
    public Cancelled with(TokenUsage counted) {
      return new Cancelled(reason, counted, context);
    }
  }

  /**
   * The idempotency key was used before. No part of the stream: it answers the one submission that
   * the record's execution id names.
   *
   * @param reply where the events of the first submission go
   * @param digest of what the first submission asked for, hexadecimal
   * @param context of the first submission
   */
  record DuplicateSubmission(ReplyTo reply, String digest, RequestContext context)
      implements TokenEvent {}
}
