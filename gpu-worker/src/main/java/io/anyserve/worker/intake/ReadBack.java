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

/** What counts of a request's stream up to a run's own Started. Owned by one thread at a time. */
final class ReadBack {

  private final long run;
  private final long ownStarted;
  private final StreamProgress progress = new StreamProgress();
  private final List<Integer> tokens = new ArrayList<>();
  private final StringBuilder text = new StringBuilder();
  private Optional<Payload> payload = Optional.empty();
  private long promptTokens;

  /**
   * @param ownStarted the offset of the run's Started
   */
  ReadBack(long run, long ownStarted) {
    this.run = run;
    this.ownStarted = ownStarted;
  }

  /** The next event of the request, in log order. */
  void apply(long offset, TokenRecord record) {
    if (offset > ownStarted || progress.apply(record) != Verdict.COUNTS) {
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

  /** The run is the one that counts now, and the answer is not complete. */
  boolean goesOn() {
    return progress.run() == run && !progress.ended();
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
