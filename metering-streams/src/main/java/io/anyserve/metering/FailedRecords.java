package io.anyserve.metering;

import io.anyserve.contracts.TopicOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.apache.kafka.common.TopicPartition;

/**
 * The records at which metering failed in this process. The first failure aborts the transaction
 * and the record is read again, as what failed may have passed; a record that fails again is
 * poison.
 *
 * <p>Of each partition the failures at the highest offsets are remembered. Once there are as many
 * as fit, a record before them is poison at its first failure: if it aborted the transaction again,
 * a partition with more poison than is remembered would never be read to its end. Thread-safe.
 */
final class FailedRecords {

  static final int REMEMBERED_PER_PARTITION = 1_000;

  private final Map<TopicPartition, NavigableSet<Long>> failed = new HashMap<>();

  /** Throws the failure again unless it is the record's second one. */
  void passOverSecond(TopicOffset record, Throwable failure) {
    if (isFirst(record)) {
      switch (failure) {
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        default -> throw new IllegalStateException(failure);
      }
    }
  }

  private synchronized boolean isFirst(TopicOffset record) {
    NavigableSet<Long> offsets =
        failed.computeIfAbsent(
            new TopicPartition(record.topic(), record.partition()), _ -> new TreeSet<>());
    boolean full = offsets.size() == REMEMBERED_PER_PARTITION;
    if (full && record.offset() < offsets.first()) {
      return false;
    }
    boolean first = offsets.add(record.offset());
    if (full && first) {
      offsets.pollFirst();
    }
    return first;
  }
}
