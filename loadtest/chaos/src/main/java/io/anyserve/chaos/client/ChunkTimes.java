package io.anyserve.chaos.client;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** When the chunks of one stream reached its client, nanoseconds. Guarded by its owner. */
public final class ChunkTimes {

  private final long begin;
  private final List<Stall> gaps;
  private OptionalLong first = OptionalLong.empty();
  private long last;

  ChunkTimes(long begin) {
    this(begin, new ArrayList<>());
  }

  private ChunkTimes(long begin, List<Stall> gaps) {
    this.begin = begin;
    this.gaps = gaps;
  }

  void add(long now) {
    if (first.isEmpty()) {
      first = OptionalLong.of(now);
    } else if (now - last >= Stall.LEAST_NANOS) {
      gaps.add(new Stall(last, now));
    }
    last = now;
  }

  ChunkTimes copy() {
    ChunkTimes copy = new ChunkTimes(begin, List.copyOf(gaps));
    copy.first = first;
    copy.last = last;
    return copy;
  }

  /** From the call to the first chunk, where it was made in that stretch. */
  public OptionalLong wait(long from, long until) {
    return first.isPresent() && begin >= from && begin < until
        ? OptionalLong.of(first.getAsLong() - begin)
        : OptionalLong.empty();
  }

  /**
   * The longest time between two chunks that overlaps the stretch, 0 where all were below 50 ms;
   * empty where no chunk came in it or after it, or none before its end.
   */
  public OptionalLong longestGap(long from, long until) {
    if (first.isEmpty() || first.getAsLong() >= until || last < from) {
      return OptionalLong.empty();
    }
    long longest =
        gaps.stream()
            .filter(gap -> gap.from() < until && gap.to() > from)
            .mapToLong(Stall::length)
            .max()
            .orElse(0);
    return OptionalLong.of(longest);
  }
}
