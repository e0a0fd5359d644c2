package io.anyserve.metering;

import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.runtime.kafka.PartitionRangeReader;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/**
 * The log as a consumer sees it that lives for one reading.
 *
 * @param group of Kafka Streams: it says what was counted
 */
record KafkaLog(KafkaClients kafka, String group) implements LogReader, UsageLog {

  /** Sees the same records as the consumer of Kafka Streams. */
  private static final Map<String, String> SETTINGS = Map.of("max.poll.records", "10000");

  @Override
  public void read(
      TopicPartition partition,
      long from,
      long end,
      Consumer<ConsumerRecord<byte[], byte[]>> reader) {
    try (PartitionRangeReader range =
        new PartitionRangeReader(
            kafka.newAssignedConsumer(
                "metering-" + partition, IsolationLevel.READ_COMMITTED, SETTINGS))) {
      range.read(partition, from, end, reader);
    }
  }

  @Override
  public long readCounted(
      TopicPartition partition, long from, Consumer<ConsumerRecord<byte[], byte[]>> reader) {
    long end = committed(partition);
    if (end > from) {
      read(partition, from, end, reader);
    }
    return end;
  }

  /** Where the next record comes from, once no transaction of an earlier owner is open any more. */
  private long committed(TopicPartition partition) {
    var spec = new ListConsumerGroupOffsetsSpec().topicPartitions(List.of(partition));
    var options = new ListConsumerGroupOffsetsOptions().requireStable(true);
    try (Admin admin = kafka.newAdmin("metering-" + partition)) {
      @Nullable OffsetAndMetadata offset =
          admin
              .listConsumerGroupOffsets(Map.of(group, spec), options)
              .partitionsToOffsetAndMetadata()
              .get()
              .get(partition);
      return offset == null ? 0 : offset.offset();
    } catch (ExecutionException e) {
      throw new KafkaException("offsets of " + group + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }
}
