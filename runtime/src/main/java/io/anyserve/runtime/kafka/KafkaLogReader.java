package io.anyserve.runtime.kafka;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * The log as a consumer sees it that reads committed records and lives for one reading.
 * Thread-safe.
 *
 * @param clientPrefix of the consumers' names, before the partition's
 * @param settings of the consumers
 */
public record KafkaLogReader(KafkaClients kafka, String clientPrefix, Map<String, String> settings)
    implements SeekableLogReader {

  private static final Duration POLL = Duration.ofMillis(500);
  private static final int IDLE_POLLS = 10;

  /** Offsets further apart than this are sought, nearer ones read through. */
  private static final long FAR = 2_000;

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
    try (var consumer = consumer(partition)) {
      consumer.assign(List.of(partition));
      TreeSet<Long> wanted = kept(consumer, partition, offsets);
      int idle = 0;
      while (!wanted.isEmpty() && idle < IDLE_POLLS) {
        seek(consumer, partition, wanted.first());
        idle = take(consumer, partition, wanted, reader) ? 0 : idle + 1;
      }
      if (!wanted.isEmpty()) {
        throw new TimeoutException(partition + ": no records at offset " + wanted.first());
      }
    }
  }

  private static TreeSet<Long> kept(
      KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition, Collection<Long> offsets) {
    var kept = new PartitionOffsets(consumer, partition);
    return new TreeSet<>(new TreeSet<>(offsets).subSet(kept.beginning(), kept.end()));
  }

  private static void seek(
      KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition, long wanted) {
    if (wanted - consumer.position(partition) > FAR) {
      consumer.seek(partition, wanted);
    }
  }

  /** Returns whether it came closer to the end. */
  private static boolean take(
      KafkaConsumer<byte[], byte[]> consumer,
      TopicPartition partition,
      TreeSet<Long> wanted,
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

  private PartitionRangeReader range(TopicPartition partition) {
    return new PartitionRangeReader(consumer(partition));
  }

  private KafkaConsumer<byte[], byte[]> consumer(TopicPartition partition) {
    return kafka.newAssignedConsumer(
        clientPrefix + "-" + partition, IsolationLevel.READ_COMMITTED, settings);
  }
}
