package io.anyserve.contracts.event;

import io.anyserve.contracts.TopicOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells which ledger entries were derived before, for a reader of all partitions of {@code usage}
 * that takes each one in its order, from its beginning or from a time on. Not thread-safe.
 */
public final class LedgerDeduplicator {

  private record Source(int ledgerPartition, String topic) {}

  private final Map<Source, SourceWatermarks> watermarks = new HashMap<>();

  /**
   * Whether the entry was derived before.
   *
   * @param ledgerPartition of {@code usage}, where the entry lies
   */
  public boolean repeated(int ledgerPartition, LedgerEntry entry) {
    String topic = entry.source().map(TopicOffset::topic).orElse("");
    return !watermarks
        .computeIfAbsent(new Source(ledgerPartition, topic), _ -> new SourceWatermarks(List.of()))
        .advance(entry);
  }
}
