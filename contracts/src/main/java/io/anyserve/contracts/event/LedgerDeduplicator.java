package io.anyserve.contracts.event;

import io.anyserve.contracts.TopicOffset;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * Finds ledger entries that were derived twice, for a reader of the topic {@code usage} that takes
 * each partition from its beginning, or from a time on. Metering writes the entries of one
 * partition of {@code tokens} in the order of their terminal events: an entry whose terminal event
 * lies at or before one that was seen, by offset and by time, is a duplicate. Not thread-safe.
 */
public final class LedgerDeduplicator {

  private record Way(int ledgerPartition, String topic, int partition) {}

  private record Seen(Instant endedAt, long offset) {

    boolean covers(Seen other) {
      return other.offset <= offset && !other.endedAt.isAfter(endedAt);
    }

    /** A topic that was made anew goes back to its first offsets, at a later time. */
    Seen then(Seen next) {
      return new Seen(next.endedAt.isAfter(endedAt) ? next.endedAt : endedAt, next.offset);
    }
  }

  private final Map<Way, Seen> seen = new HashMap<>();

  /**
   * Whether the entry was derived before.
   *
   * @param ledgerPartition of {@code usage}, where the entry lies
   */
  public boolean repeated(int ledgerPartition, LedgerEntry entry) {
    if (entry.source().isEmpty()) {
      return false;
    }
    TopicOffset source = entry.source().get();
    Way way = new Way(ledgerPartition, source.topic(), source.partition());
    Seen now = new Seen(entry.times().endedAt(), source.offset());
    Seen before = seen.get(way);
    if (before != null && before.covers(now)) {
      return true;
    }
    seen.put(way, before == null ? now : before.then(now));
    return false;
  }
}
