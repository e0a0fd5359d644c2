package io.anyserve.router;

import java.time.Instant;
import java.util.Collection;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Reads parts of the log back. Throws a KafkaException when the broker does not answer. */
interface LogReader {

  /** Every record from {@code from} on, up to but without {@code end}, as far as it is kept. */
  void read(
      TopicPartition partition,
      long from,
      long end,
      Consumer<ConsumerRecord<byte[], byte[]>> reader);

  /** The records at these offsets, in order, as far as they are kept. */
  void pick(
      TopicPartition partition,
      Collection<Long> offsets,
      Consumer<ConsumerRecord<byte[], byte[]>> reader);

  /** The first offset written at or after that time; the end when there is none. */
  long offsetAt(TopicPartition partition, Instant time);

  /** One past the last record. */
  long end(TopicPartition partition);
}
