package io.anyserve.runtime.kafka;

import java.time.Instant;
import java.util.Collection;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The log as one consumer sees it that is opened for the first reading and kept, so that the next
 * ones are quick. After a failure it is opened anew. One thread's.
 */
public final class ReusedLogReader implements SeekableLogReader, AutoCloseable {

  private final Supplier<PartitionRangeReader> open;
  private @Nullable PartitionRangeReader range;

  /**
   * @param open opens a consumer
   */
  public ReusedLogReader(Supplier<PartitionRangeReader> open) {
    this.open = open;
  }

  @Override
  public void read(
      TopicPartition partition,
      long from,
      long end,
      Consumer<ConsumerRecord<byte[], byte[]>> reader) {
    with(
        range -> {
          range.read(partition, from, end, reader);
          return end;
        });
  }

  @Override
  public void pick(
      TopicPartition partition,
      Collection<Long> offsets,
      Consumer<ConsumerRecord<byte[], byte[]>> reader) {
    with(
        range -> {
          range.pick(partition, offsets, reader);
          return (long) offsets.size();
        });
  }

  @Override
  public long offsetAt(TopicPartition partition, Instant time) {
    return with(range -> range.offsetAt(partition, time));
  }

  @Override
  public long end(TopicPartition partition) {
    return with(range -> range.end(partition));
  }

  private long with(Function<PartitionRangeReader, Long> work) {
    PartitionRangeReader kept = range == null ? open.get() : range;
    range = kept;
    try {
      return work.apply(kept);
    } catch (KafkaException e) {
      close();
      throw e;
    }
  }

  @Override
  public void close() {
    PartitionRangeReader kept = range;
    range = null;
    if (kept != null) {
      kept.close();
    }
  }
}
