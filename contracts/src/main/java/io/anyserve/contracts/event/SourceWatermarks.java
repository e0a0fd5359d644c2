package io.anyserve.contracts.event;

import io.anyserve.contracts.TopicOffset;
import io.anyserve.contracts.validation.Preconditions;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells which ledger entries were derived before: the rule by which a replay of {@code tokens} is
 * billed once. All entries of one partition of {@code tokens} must come from one partition of
 * {@code usage}, in its order. Metering derives entries in the order of their sources, so one mark
 * for each source partition is enough: an entry is a repeat if its source lies at or before the
 * mark and its request ended at or before the mark's time.
 *
 * <p>The time is there for a topic that was deleted and created again. Its offsets begin at 0, but
 * its records are later than those of the old topic; the mark then goes back to the new offset. A
 * broker's clock may step back within one topic: the offsets decide then, and the mark keeps the
 * later time. Not thread-safe.
 */
public final class SourceWatermarks {

  /**
   * How far a partition of {@code tokens} is read.
   *
   * @param offset of the last entry's source
   * @param endedAt the latest end of a request, milliseconds since the epoch
   */
  public record Mark(int partition, long offset, long endedAt) {

    public Mark {
      Preconditions.that(partition >= 0, "partition", partition, ">= 0");
      Preconditions.that(offset >= 0, "offset", offset, ">= 0");
    }

    private boolean covers(Mark entry) {
      return entry.offset <= offset && entry.endedAt <= endedAt;
    }

    private Mark then(Mark entry) {
      return new Mark(partition, entry.offset, Math.max(endedAt, entry.endedAt));
    }
  }

  private final Map<Integer, Mark> marks = new HashMap<>();

  public SourceWatermarks(Collection<Mark> marks) {
    marks.forEach(mark -> this.marks.put(mark.partition(), mark));
  }

  /** Whether the entry was not derived before; an entry without a source never was. */
  public boolean advance(LedgerEntry entry) {
    return entry.source().isEmpty() || advance(mark(entry.source().get(), entry));
  }

  private boolean advance(Mark entry) {
    @Nullable Mark mark = marks.get(entry.partition());
    if (mark != null && mark.covers(entry)) {
      return false;
    }
    marks.put(entry.partition(), mark == null ? entry : mark.then(entry));
    return true;
  }

  private static Mark mark(TopicOffset source, LedgerEntry entry) {
    return new Mark(source.partition(), source.offset(), entry.times().endedAt().toEpochMilli());
  }

  /** In the order of the partitions. */
  public List<Mark> marks() {
    return marks.values().stream().sorted(Comparator.comparingInt(Mark::partition)).toList();
  }
}
