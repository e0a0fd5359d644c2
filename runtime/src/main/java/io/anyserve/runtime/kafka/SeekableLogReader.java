package io.anyserve.runtime.kafka;

import java.time.Instant;
import java.util.Collection;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Finds places in the log and reads single records too. */
public interface SeekableLogReader extends LogReader {

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
