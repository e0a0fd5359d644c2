package io.anyserve.runtime.kafka;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Asks the broker where a partition begins, ends, and lies at a time. The consumer's thread's. */
public record PartitionOffsets(Consumer<?, ?> consumer, TopicPartition partition) {

  /** Of the oldest record that is kept; the end when there is none. */
  public long beginning() {
    return consumer.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
  }

  /** One past the last record that the consumer may read. */
  public long end() {
    return consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
  }

  /**
   * The first offset written at or after that time by the log's clock; the end if there is none. A
   * time before 1970 counts as 1970, as logs do not go back further.
   */
  public long at(Instant time) {
    long millis = Math.max(0, time.toEpochMilli());
    @Nullable OffsetAndTimestamp found =
        consumer.offsetsForTimes(Map.of(partition, millis)).get(partition);
    return found == null ? end() : found.offset();
  }
}
