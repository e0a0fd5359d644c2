package io.anyserve.worker.schedule;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.Priority;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.answer.AnswerBuilder;
import io.anyserve.contracts.answer.AnswerDelta;
import io.anyserve.contracts.codec.EmbeddingInputsCodec;
import io.anyserve.contracts.codec.EmbeddingsCodec;
import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.contracts.embedding.EmbeddingInput;
import io.anyserve.contracts.embedding.EmbeddingInputs;
import io.anyserve.contracts.embedding.Embeddings;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.sampling.PositionLogprobs;
import io.anyserve.worker.engine.EmbeddingRequest;
import io.anyserve.worker.engine.Engine;
import io.anyserve.worker.engine.SequenceRequest;
import io.anyserve.worker.publish.EventStreamWriter;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One request in the scheduler with the counts of its answer. Owned by the scheduler's thread. */
final class ScheduledSequence {

  static final long NO_DEADLINE = Long.MAX_VALUE;

  private final WorkItem work;
  private final long deadlineMillis;
  private final long budget;
  private final Tokens tokens;
  private final @Nullable AnswerBuilder answer;
  private Optional<Payload> payload;
  private long promptTokens;
  private long cachedTokens;
  private boolean ran;
  private long nextChunk;
  private long engineNanos;
  private long waitsSince;
  private long staysUntil;

  ScheduledSequence(WorkItem work) {
    this.work = work;
    PriorOutput earlier = work.earlier();
    this.deadlineMillis =
        request().routing().deadline().map(java.time.Instant::toEpochMilli).orElse(NO_DEADLINE);
    this.budget = request().tokenBudget().orElse(Long.MAX_VALUE);
    this.tokens = new Tokens(earlier.tokens());
    this.answer =
        request().context().asynchronous() ? new AnswerBuilder().add(earlier.answer()) : null;
    this.payload = earlier.payload();
    this.promptTokens = earlier.promptTokens();
    this.nextChunk = earlier.chunks();
  }

  InferenceRequest request() {
    return work.stream().request();
  }

  RequestId id() {
    return request().id();
  }

  WorkItem work() {
    return work;
  }

  EventStreamWriter stream() {
    return work.stream();
  }

  long executionId() {
    return work.stream().executionId();
  }

  TenantId tenant() {
    return request().context().tenant();
  }

  Priority priority() {
    return request().routing().priority();
  }

  /** Milliseconds since the epoch. */
  long deadlineMillis() {
    return deadlineMillis;
  }

  /** It waits for a slot from now on. */
  void waits(long now) {
    waitsSince = now;
    staysUntil = now;
  }

  /** Nanoseconds since it waits. */
  long waited(long now) {
    return now - waitsSince;
  }

  /** Nobody takes its slot before that. */
  void stays(long until) {
    staysUntil = until;
  }

  /** Leaves its slot to an interactive one. */
  boolean yields(long now) {
    return priority() == Priority.BATCH && now - staysUntil >= 0;
  }

  /** Into a free slot of the engine, which is to do everything, or what is missing. */
  Engine.Admission enter(Engine engine) {
    return switch (request().kind()) {
      case GENERATE ->
          engine.admit(
              new SequenceRequest(
                  executionId(), tenant(), work.input(), request().parameters(), tokens.all()));
      case EMBED -> engine.embed(embedding(engine.description().embeddingDimensions()));
      case TOKENIZE, DETOKENIZE ->
          throw new IllegalArgumentException(
              "kind: " + request().kind() + " (expected: one that needs a slot)");
    };
  }

  private EmbeddingRequest embedding(int dimensions) {
    EmbeddingInputs texts = input(EmbeddingInputsCodec::read);
    List<EmbeddingInput> inputs = texts.inputs();
    long embedded = Math.min(inputs.size(), nextChunk * Embeddings.perChunk(dimensions));
    return new EmbeddingRequest(executionId(), inputs, (int) embedded, texts.ranked());
  }

  /** The input as that codec reads it; throws FailureException where it is something else. */
  <T> T input(Function<Payload, T> codec) {
    try {
      return codec.apply(work.input());
    } catch (IllegalArgumentException | MalformedRecordException e) {
      throw new FailureException(FailureCode.INVALID_REQUEST, String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Into the engine at that reading of its clock. When it comes back after a preemption, a cache
   * may have what this very request put there: that is not what its caller pays less for.
   */
  void admitted(Engine.Admission admission, long engineClock) {
    this.promptTokens = admission.promptTokens();
    if (!ran) {
      ran = true;
      cachedTokens = admission.cachedTokens();
    }
    this.engineNanos -= engineClock;
  }

  /** Out of the engine, at that reading of its clock. */
  void left(long engineClock) {
    this.engineNanos += engineClock;
  }

  /** So many more tokens would be more than its quota holds for it. */
  boolean exceedsQuota(long more) {
    return promptTokens + tokens.count() + more > budget;
  }

  /** Written so far, over all attempts. */
  int chunks() {
    return Math.toIntExact(nextChunk);
  }

  Chunk chunk(TokenIds next, AnswerDelta piece, List<PositionLogprobs> logprobs) {
    tokens.add(next);
    AnswerDelta identified = ToolCallIds.assign(id(), piece);
    if (answer != null) {
      answer.add(identified);
    }
    return new Chunk(nextChunk++, next, identified, Optional.empty(), logprobs);
  }

  Chunk chunk(TokenIds next, Payload piece) {
    tokens.add(next);
    payload =
        answer == null ? Optional.empty() : Optional.of(EmbeddingsCodec.joined(payload, piece));
    return new Chunk(nextChunk++, next, "", Optional.of(piece));
  }

  Finished finished(FinishReason reason) {
    return new Finished(reason, usage(), output(), Duration.ofNanos(Math.max(0, engineNanos)));
  }

  TokenUsage usage() {
    return new TokenUsage(promptTokens, tokens.count(), cachedTokens);
  }

  private Optional<Payload> output() {
    if (answer == null) {
      return Optional.empty();
    }
    return payload.isPresent() ? payload : Optional.of(answer.payload());
  }

  /** The tokens of an answer: the sequence may have to leave its slot and go on from them. */
  private static final class Tokens {

    private static final int FEWEST = 16;

    private final TokenIds earlier;
    private int[] ids = new int[0];
    private int count;

    Tokens(TokenIds earlier) {
      this.earlier = earlier;
    }

    void add(TokenIds next) {
      ids = count + next.size() > ids.length ? Arrays.copyOf(ids, grown(next.size())) : ids;
      for (int i = 0; i < next.size(); i++) {
        ids[count + i] = next.get(i);
      }
      count += next.size();
    }

    private int grown(int more) {
      return Math.max(Math.max(count + more, 2 * ids.length), FEWEST);
    }

    TokenIds all() {
      if (count == 0) {
        return earlier;
      }
      int[] all = Arrays.copyOf(earlier.toArray(), earlier.size() + count);
      System.arraycopy(ids, 0, all, earlier.size(), count);
      return TokenIds.of(all);
    }

    long count() {
      return earlier.size() + (long) count;
    }
  }
}
