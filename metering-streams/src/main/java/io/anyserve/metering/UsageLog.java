package io.anyserve.metering;

import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Reads what was counted of the topic {@code usage} once more. */
@FunctionalInterface
interface UsageLog {

  /**
   * Hands over every record from {@code from} on, in log order, up to the one that Kafka Streams
   * hands over next, and returns that one's offset; 0 where nothing was counted.
   */
  long readCounted(
      TopicPartition partition, long from, Consumer<ConsumerRecord<byte[], byte[]>> reader);
}
