package io.anyserve.metering;

import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.runtime.kafka.LogReader;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/**
 * The topic {@code usage} as far as Kafka Streams has counted it.
 *
 * @param group of Kafka Streams: it says what was counted
 */
record KafkaUsageLog(KafkaClients kafka, String group, LogReader log) implements UsageLog {

  @Override
  public long readCounted(
      TopicPartition partition, long from, Consumer<ConsumerRecord<byte[], byte[]>> reader) {
    long end = committed(partition);
    if (end > from) {
      log.read(partition, from, end, reader);
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
