package io.anyserve.metering.query.ledger;

import io.anyserve.contracts.TopicOffset;
import io.anyserve.contracts.event.LedgerEntry;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Leaves out lines that are in the ledger a second time, as after a replay of {@code tokens}, by
 * the rule by which totals do: a line is there already when neither its source lies behind the
 * highest one so far, in the same partition of {@code tokens}, nor its end is later. One thread.
 */
public final class RepeatedEntries {

  /**
   * How far a partition of {@code tokens} has been seen.
   *
   * @param endedAt milliseconds since the epoch
   */
  public record Mark(int partition, long offset, long endedAt) {

    private Mark later(Mark next) {
      return new Mark(partition, next.offset, Math.max(endedAt, next.endedAt));
    }
  }

  /** A cursor with more of them would not fit into an address. */
  private static final int MOST = 100;

  private final Map<Integer, Mark> marks = new TreeMap<>();

  public RepeatedEntries(List<Mark> seen) {
    seen.forEach(mark -> marks.put(mark.partition(), mark));
  }

  /** Whether the line is there for the first time. */
  public boolean first(LedgerEntry entry) {
    return entry.source().isEmpty() || first(entry, entry.source().get());
  }

  private boolean first(LedgerEntry entry, TopicOffset source) {
    long endedAt = entry.times().endedAt().toEpochMilli();
    Mark found = new Mark(source.partition(), source.offset(), endedAt);
    @Nullable Mark mark = marks.get(source.partition());
    if (mark != null && found.offset() <= mark.offset() && endedAt <= mark.endedAt()) {
      return false;
    }
    marks.put(source.partition(), mark == null ? found : mark.later(found));
    return true;
  }

  /** For the cursor of the next page. */
  public List<Mark> seen() {
    Stream<Mark> all = marks.values().stream();
    return all.limit(MOST).toList();
  }
}
