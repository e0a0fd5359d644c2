package io.anyserve.runtime.kafka;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/** Reads a stretch or single records of one partition back, in log order. Not thread-safe. */
public final class PartitionRangeReader implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(200);

  /** Polls without progress before single records count as unreadable. */
  private static final int IDLE_POLLS = 25;

  /** Offsets further apart than this are sought, nearer ones read through. */
  private static final long FAR = 2_000;

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
   * Hands over the records at these offsets, in order, as far as they are kept.
   *
   * @throws TimeoutException where the broker gives nothing for five seconds
   */
  public void pick(
      TopicPartition partition,
      Collection<Long> offsets,
      Consumer<ConsumerRecord<byte[], byte[]>> reader) {
    consumer.assign(List.of(partition));
    NavigableSet<Long> wanted = kept(partition, offsets);
    if (!wanted.isEmpty()) {
      consumer.seek(partition, wanted.first());
    }
    int idle = 0;
    while (!wanted.isEmpty() && idle < IDLE_POLLS) {
      if (wanted.first() - consumer.position(partition) > FAR) {
        consumer.seek(partition, wanted.first());
      }
      idle = take(partition, wanted, reader) ? 0 : idle + 1;
    }
    if (!wanted.isEmpty()) {
      throw new TimeoutException(partition + ": no records at offset " + wanted.first());
    }
  }

  private NavigableSet<Long> kept(TopicPartition partition, Collection<Long> offsets) {
    PartitionOffsets kept = offsets(partition);
    return new TreeSet<>(new TreeSet<>(offsets).subSet(kept.beginning(), kept.end()));
  }

  /** Returns whether it came closer to the end. */
  private boolean take(
      TopicPartition partition,
      NavigableSet<Long> wanted,
      Consumer<ConsumerRecord<byte[], byte[]>> reader) {
    int before = wanted.size();
    for (var record : consumer.poll(POLL)) {
      if (wanted.remove(record.offset())) {
        reader.accept(record);
      }
    }
    wanted.headSet(consumer.position(partition)).clear();
    return wanted.size() < before;
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
