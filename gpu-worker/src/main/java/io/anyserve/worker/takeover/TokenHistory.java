package io.anyserve.worker.takeover;

import io.anyserve.contracts.Payload;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.answer.AnswerBuilder;
import io.anyserve.contracts.codec.EmbeddingsCodec;
import io.anyserve.contracts.event.FencedStream;
import io.anyserve.contracts.event.FencedStream.Verdict;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Released;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.worker.schedule.PriorOutput;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What counts of a request's stream up to an offset, seen by one of its executions. Owned by one
 * thread at a time.
 */
final class TokenHistory {

  private final long executionId;
  private final long end;
  private final FencedStream progress = new FencedStream();
  private final List<Integer> tokens = new ArrayList<>();
  private final AnswerBuilder answer = new AnswerBuilder();
  private Optional<Payload> payload = Optional.empty();
  private final Map<Long, Begun> unproductive = new HashMap<>();
  private boolean ownSeen;
  private long firstOffset = ReplyTo.UNKNOWN_OFFSET;

  /**
   * @param end the last offset that counts: that of the execution's Started, where it takes over
   */
  TokenHistory(long executionId, long end) {
    this.executionId = executionId;
    this.end = end;
  }

  /**
   * An execution that has written nothing new.
   *
   * @param promptKnown it has stated the length of the prompt, so an engine had the request
   */
  private record Begun(int attempt, boolean promptKnown) {}

  /** The next event of the request, in log order. */
  void apply(long offset, TokenRecord record) {
    if (offset > end) {
      return;
    }
    firstOffset = firstOffset == ReplyTo.UNKNOWN_OFFSET ? offset : firstOffset;
    ownSeen |= record.executionId() == executionId && record.event() instanceof Started;
    boolean counts = progress.apply(record) == Verdict.ACCEPTED;
    switch (record.event()) {
      case Started started -> begun(record, started.promptTokens() > 0, counts);
      case Chunk chunk -> written(record.executionId(), chunk, counts);
      case Released _, Finished _, Failed _, Cancelled _ ->
          unproductive.remove(record.executionId());
      case TokenEvent.DuplicateSubmission _ -> {}
    }
  }

  private void begun(TokenRecord record, boolean promptKnown, boolean counts) {
    if (counts || (promptKnown && unproductive.containsKey(record.executionId()))) {
      unproductive.put(record.executionId(), new Begun(record.attempt(), promptKnown));
    }
  }

  /** An execution that was fenced off and still wrote the next chunk has not failed at it. */
  private void written(long by, Chunk chunk, boolean counts) {
    if (counts) {
      unproductive.clear();
      add(chunk);
    } else if (chunk.sequence() >= progress.nextSequence()) {
      unproductive.remove(by);
    }
  }

  private void add(Chunk chunk) {
    chunk.tokens().stream().forEach(tokens::add);
    answer.add(chunk.delta());
    payload = chunk.payload().map(next -> EmbeddingsCodec.joined(payload, next)).or(() -> payload);
  }

  /** How the execution stands with the stream. */
  enum Standing {
    /** It is the one that counts, or it has not shown up yet. */
    OWN,
    /** Another execution with a higher number counts, or one with the same that came later. */
    FENCED,
    /** The answer is complete. */
    ENDED
  }

  Standing standing() {
    if (progress.ended()) {
      return Standing.ENDED;
    }
    return ownSeen && progress.executionId() != executionId ? Standing.FENCED : Standing.OWN;
  }

  /** Where its first event lies. */
  long firstOffset() {
    return firstOffset;
  }

  /** Of the execution that counts. */
  int attempt() {
    return progress.attempt();
  }

  /**
   * Earlier executions that began where the answer stands now, and of which the log shows neither a
   * new chunk nor that they stopped on purpose: what points at the request. One that did not come
   * to know the prompt waited for its engine, most likely, and counts only if its attempt is so
   * high that engines may die at the sight of the request.
   *
   * @param attempts above which that is so
   */
  int failedExecutions(int attempts) {
    return (int)
        unproductive.entrySet().stream()
            .filter(one -> one.getKey() != executionId)
            .map(Map.Entry::getValue)
            .filter(begun -> begun.promptKnown() || begun.attempt() > attempts)
            .count();
  }

  PriorOutput earlier() {
    return new PriorOutput(
        progress.promptTokens(),
        progress.nextSequence(),
        TokenIds.of(tokens.stream().mapToInt(id -> id).toArray()),
        answer.soFar(),
        payload);
  }
}
