package io.anyserve.runtime.kafka;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/**
 * The log as a consumer sees it that reads committed records and lives for one reading.
 * Thread-safe.
 *
 * @param clientPrefix of the consumers' names, before the partition's
 * @param settings of the consumers
 */
public record KafkaLogReader(KafkaClients kafka, String clientPrefix, Map<String, String> settings)
    implements SeekableLogReader {

  public KafkaLogReader {
    Map<String, String> all = new HashMap<>(Map.of("max.poll.records", "10000"));
    all.putAll(settings);
    settings = Map.copyOf(all);
  }

  @Override
  public void read(
      TopicPartition partition,
      long from,
      long end,
      Consumer<ConsumerRecord<byte[], byte[]>> reader) {
    try (PartitionRangeReader range = range(partition)) {
      range.read(partition, from, end, reader);
    }
  }

  @Override
  public long offsetAt(TopicPartition partition, Instant time) {
    try (PartitionRangeReader range = range(partition)) {
      return range.offsetAt(partition, time);
    }
  }

  @Override
  public long end(TopicPartition partition) {
    try (PartitionRangeReader range = range(partition)) {
      return range.end(partition);
    }
  }

  @Override
  public void pick(
      TopicPartition partition,
      Collection<Long> offsets,
      Consumer<ConsumerRecord<byte[], byte[]>> reader) {
    try (PartitionRangeReader range = range(partition)) {
      range.pick(partition, offsets, reader);
    }
  }

  private PartitionRangeReader range(TopicPartition partition) {
    return new PartitionRangeReader(
        kafka.newAssignedConsumer(
            clientPrefix + "-" + partition, IsolationLevel.READ_COMMITTED, settings));
  }
}
