package io.anyserve.metering.query;

import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.Outcome;
import java.time.Instant;
import java.util.List;

/**
 * What was added in a stretch of time.
 *
 * @param at its end
 * @param lines some of those that were added
 */
public record LiveUsage(
    Instant at,
    long requests,
    long failed,
    long promptTokens,
    long completionTokens,
    long costMicros,
    List<LedgerEntry> lines) {

  static final LiveUsage NONE = new LiveUsage(Instant.EPOCH, 0, 0, 0, 0, 0, List.of());

  public LiveUsage {
    lines = List.copyOf(lines);
  }

  /** The sums of both, and no lines: for those who do not keep up. */
  public LiveUsage and(LiveUsage later) {
    return new LiveUsage(
        later.at.isAfter(at) ? later.at : at,
        requests + later.requests,
        failed + later.failed,
        promptTokens + later.promptTokens,
        completionTokens + later.completionTokens,
        costMicros + later.costMicros,
        List.of());
  }

  public LiveUsage withoutLines() {
    return NONE.and(this);
  }

  /** Counts lines up to a change. One thread at a time. */
  static final class Sum {

    private static final int MOST_LINES = 20;

    private long requests;
    private long failed;
    private long promptTokens;
    private long completionTokens;
    private long costMicros;
    private final List<LedgerEntry> lines = new java.util.ArrayList<>(MOST_LINES);

    void add(LedgerEntry entry) {
      requests++;
      failed += entry.outcome() == Outcome.FAILED ? 1 : 0;
      promptTokens += entry.usage().prompt();
      completionTokens += entry.usage().completion();
      costMicros += entry.cost().micros();
      if (lines.size() < MOST_LINES) {
        lines.add(entry);
      }
    }

    LiveUsage at(Instant at) {
      return new LiveUsage(at, requests, failed, promptTokens, completionTokens, costMicros, lines);
    }
  }
}
