package io.anyserve.metering.aggregate;

import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.SourceWatermarks;
import io.anyserve.contracts.event.WindowGranularity;
import java.time.Instant;

/**
 * The aggregates of one partition of {@code usage} in memory: what was added and is not stored yet,
 * and how far the log is counted. Entries come in log order. The deltas depend on the entries
 * alone, not on when they are taken. Owned by the thread of its task.
 */
public final class Aggregates {

  /** What an entry means for the aggregates. */
  public enum EntryStatus {
    COUNTED,
    /** Counted, but not in windows that are no longer kept. */
    LATE,
    /** It was counted before. */
    REPEATED
  }

  private final SourceWatermarks marks;
  private final PendingDeltas pending = new PendingDeltas();
  private Instant latest;
  private long next;

  /** Begins where the stores end. */
  public Aggregates(StorePositions positions) {
    marks = new SourceWatermarks(positions.marks());
    latest = positions.latest();
    next = positions.next().orElse(0);
  }

  /** The offset from which on nothing is counted. */
  public long next() {
    return next;
  }

  /** The end of the latest request so far. */
  public Instant latest() {
    return latest;
  }

  /** Everything before that offset is counted or rejected. */
  public void skipTo(long offset) {
    next = Math.max(next, offset);
  }

  /** Counts an entry, which must have a source. */
  public EntryStatus count(LedgerEntry entry) {
    Instant ended = entry.times().endedAt();
    if (!marks.advance(entry)) {
      return EntryStatus.REPEATED;
    }
    latest = ended.isAfter(latest) ? ended : latest;
    pending.add(entry);
    return late(ended) ? EntryStatus.LATE : EntryStatus.COUNTED;
  }

  /** Minutes are given up first. */
  private boolean late(Instant ended) {
    return WindowGranularity.MINUTE
        .startOf(ended)
        .isBefore(Retention.oldest(WindowGranularity.MINUTE, latest));
  }

  /** Takes what was added since the last call, and stores how far the log is counted. */
  public Deltas take(StorePositions positions) {
    positions.put(next, latest, marks.marks());
    return pending.take(latest);
  }
}
