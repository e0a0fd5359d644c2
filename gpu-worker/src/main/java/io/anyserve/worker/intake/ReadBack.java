package io.anyserve.worker.intake;

import io.anyserve.contracts.Payload;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.event.StreamProgress;
import io.anyserve.contracts.event.StreamProgress.Verdict;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Duplicate;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.worker.batch.Earlier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What counts of a request's stream up to an offset, seen by one of its runs. Owned by one thread
 * at a time.
 */
final class ReadBack {

  private final long run;
  private final long end;
  private final StreamProgress progress = new StreamProgress();
  private final List<Integer> tokens = new ArrayList<>();
  private final StringBuilder text = new StringBuilder();
  private Optional<Payload> payload = Optional.empty();
  private long promptTokens;
  private boolean ownSeen;

  /**
   * @param end the last offset that counts: that of the run's Started, where it takes over
   */
  ReadBack(long run, long end) {
    this.run = run;
    this.end = end;
  }

  /** The next event of the request, in log order. */
  void apply(long offset, TokenRecord record) {
    if (offset > end) {
      return;
    }
    ownSeen |= record.run() == run && record.event() instanceof Started;
    if (progress.apply(record) != Verdict.COUNTS) {
      return;
    }
    switch (record.event()) {
      case Started started -> promptTokens = Math.max(promptTokens, started.promptTokens());
      case Chunk chunk -> add(chunk);
      case Finished _, Failed _, Cancelled _, Duplicate _ -> {}
    }
  }

  private void add(Chunk chunk) {
    chunk.tokens().stream().forEach(tokens::add);
    text.append(chunk.text());
    payload = chunk.payload().or(() -> payload);
  }

  /** How the run stands with the stream. */
  enum Standing {
    /** It is the one that counts, or it has not shown up yet. */
    OWN,
    /** Another run with a higher number counts, or one with the same that came later. */
    FENCED,
    /** The answer is complete. */
    ENDED
  }

  Standing standing() {
    if (progress.ended()) {
      return Standing.ENDED;
    }
    return ownSeen && progress.run() != run ? Standing.FENCED : Standing.OWN;
  }

  /** Of the run that counts. */
  int attempt() {
    return progress.attempt();
  }

  Earlier earlier() {
    return new Earlier(
        promptTokens,
        progress.nextSequence(),
        TokenIds.of(tokens.stream().mapToInt(id -> id).toArray()),
        text.toString(),
        payload);
  }
}
