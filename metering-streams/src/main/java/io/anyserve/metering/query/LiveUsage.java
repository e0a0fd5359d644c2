package io.anyserve.metering.query;

import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.Outcome;
import java.time.Instant;
import java.util.List;

/**
 * What was added in a stretch of time.
 *
 * @param at its end
 * @param entries some of those that were added
 */
public record LiveUsage(
    Instant at,
    long requests,
    long failed,
    long promptTokens,
    long completionTokens,
    long costMicros,
    List<LedgerEntry> entries) {

  static final LiveUsage NONE = new LiveUsage(Instant.EPOCH, 0, 0, 0, 0, 0, List.of());

  public LiveUsage {
    entries = List.copyOf(entries);
  }

  /** The sums of both, and no entries: for those who do not keep up. */
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

  public LiveUsage withoutEntries() {
    return NONE.and(this);
  }

  /** Counts entries up to a change. One thread at a time. */
  static final class Sum {

    private static final int MOST_ENTRIES = 20;

    private long requests;
    private long failed;
    private long promptTokens;
    private long completionTokens;
    private long costMicros;
    private final List<LedgerEntry> entries = new java.util.ArrayList<>(MOST_ENTRIES);

    void add(LedgerEntry entry) {
      requests++;
      failed += entry.outcome() == Outcome.FAILED ? 1 : 0;
      promptTokens += entry.usage().prompt();
      completionTokens += entry.usage().completion();
      costMicros += entry.cost().micros();
      if (entries.size() < MOST_ENTRIES) {
        entries.add(entry);
      }
    }

    LiveUsage at(Instant at) {
      return new LiveUsage(
          at, requests, failed, promptTokens, completionTokens, costMicros, entries);
    }
  }
}
