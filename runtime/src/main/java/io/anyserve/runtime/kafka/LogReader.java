package io.anyserve.runtime.kafka;

import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Reads a stretch of the log back. Throws a KafkaException when the broker does not answer. */
@FunctionalInterface
public interface LogReader {

  /**
   * Hands over every record from {@code from} on, up to but without {@code end}, in log order; from
   * the oldest one where {@code from} is no longer kept.
   */
  void read(
      TopicPartition partition,
      long from,
      long end,
      Consumer<ConsumerRecord<byte[], byte[]>> reader);
}
