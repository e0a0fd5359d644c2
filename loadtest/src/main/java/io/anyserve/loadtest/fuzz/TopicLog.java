package io.anyserve.loadtest.fuzz;

import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.runtime.kafka.PartitionRangeReader;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/** A topic read from its beginning to its present end. */
final class TopicLog {

  private TopicLog() {}

  static void read(
      KafkaClients kafka, String topic, Consumer<ConsumerRecord<byte[], byte[]>> reader) {
    try (var consumer =
        kafka.newAssignedConsumer("fuzz-reader", IsolationLevel.READ_COMMITTED, Map.of())) {
      PartitionRangeReader range = new PartitionRangeReader(consumer);
      for (PartitionInfo info : consumer.partitionsFor(topic)) {
        var partition = new TopicPartition(topic, info.partition());
        range.read(partition, 0, range.end(partition), reader);
      }
    }
  }
}
