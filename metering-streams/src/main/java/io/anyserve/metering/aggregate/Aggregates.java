package io.anyserve.metering.aggregate;

import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.SourceWatermarks;
import io.anyserve.contracts.event.WindowGranularity;
import java.time.Instant;

/**
 * The aggregates of one partition of {@code usage}, moved on entry by entry in log order: what was
 * added and not stored yet, and how far the log is counted. What it gives out depends on the
 * entries alone, not on when it is asked. Owned by the thread of its task.
 */
public final class Aggregates {

  /** What an entry means for the aggregates. */
  public enum Verdict {
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

  /** As far as the stores hold it. */
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

  /** What lies before that offset is done with. */
  public void skipTo(long offset) {
    next = Math.max(next, offset);
  }

  /** Takes an entry in that has a source. */
  public Verdict count(LedgerEntry entry) {
    Instant ended = entry.times().endedAt();
    if (!marks.advance(entry)) {
      return Verdict.REPEATED;
    }
    latest = ended.isAfter(latest) ? ended : latest;
    pending.add(entry);
    return late(ended) ? Verdict.LATE : Verdict.COUNTED;
  }

  /** Minutes are given up first. */
  private boolean late(Instant ended) {
    return WindowGranularity.MINUTE
        .startOf(ended)
        .isBefore(Retention.oldest(WindowGranularity.MINUTE, latest));
  }

  /** What was added since the last time, and notes how far that is. */
  public Deltas take(StorePositions positions) {
    positions.put(next, latest, marks.marks());
    return pending.take(latest);
  }
}
