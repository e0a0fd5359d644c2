package io.anyserve.metering.aggregate;

import io.anyserve.contracts.TopicOffset;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.WindowGranularity;
import java.time.Instant;

/**
 * The accounts of one partition of {@code usage}, moved on line by line in log order: what was
 * added and not stored yet, and how far the log is counted. What it gives out depends on the lines
 * alone, not on when it is asked. Owned by the thread of its task.
 */
public final class Aggregates {

  /** What a line means for the accounts. */
  public enum Verdict {
    COUNTED,
    /** Counted, but not in windows that are no longer kept. */
    LATE,
    /** It was counted before. */
    REPEATED
  }

  private final SourceWatermarks marks = new SourceWatermarks();
  private final PendingDeltas pending = new PendingDeltas();
  private Instant latest = Instant.EPOCH;
  private long next;

  /** As far as the stores hold it. */
  public static Aggregates of(StorePositions positions) {
    Aggregates accounts = new Aggregates();
    positions.restore(accounts.marks);
    accounts.latest = positions.latest();
    accounts.next = positions.next().orElse(0);
    return accounts;
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

  /** Takes a line in that has a source. */
  public Verdict count(LedgerEntry entry) {
    TopicOffset source = entry.source().orElseThrow();
    Instant ended = entry.times().endedAt();
    if (!marks.advance(source, ended)) {
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
    positions.put(next, latest, marks);
    return pending.take(latest);
  }
}
