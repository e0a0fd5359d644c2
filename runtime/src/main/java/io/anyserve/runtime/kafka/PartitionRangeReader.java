package io.anyserve.runtime.kafka;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Reads a stretch of one partition back, in log order. Not thread-safe. */
public final class PartitionRangeReader implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(200);

  private final org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer;

  /**
   * @param consumer without a group; closed with this
   */
  public PartitionRangeReader(org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer) {
    this.consumer = consumer;
  }

  /**
   * Hands over every record from {@code from} on, up to but without {@code end}; from the oldest
   * one where {@code from} is no longer kept.
   */
  public void read(
      TopicPartition partition,
      long from,
      long end,
      Consumer<ConsumerRecord<byte[], byte[]>> reader) {
    consumer.assign(List.of(partition));
    consumer.seek(partition, Math.max(from, offsets(partition).beginning()));
    while (consumer.position(partition) < end) {
      for (var record : consumer.poll(POLL)) {
        if (record.offset() < end) {
          reader.accept(record);
        }
      }
    }
  }

  /**
   * The first offset written at or after that time by the log's clock; the end if there is none.
   */
  public long offsetAt(TopicPartition partition, Instant time) {
    return offsets(partition).at(time);
  }

  /** One past the last record. */
  public long end(TopicPartition partition) {
    return offsets(partition).end();
  }

  private PartitionOffsets offsets(TopicPartition partition) {
    return new PartitionOffsets(consumer, partition);
  }

  @Override
  public void close() {
    consumer.close();
  }
}
