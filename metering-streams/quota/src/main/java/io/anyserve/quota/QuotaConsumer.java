package io.anyserve.quota;

import io.anyserve.contracts.codec.MalformedRecordException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Folds what the log brings, partition by partition. Owned by the thread of {@link QuotaReplica}.
 */
final class QuotaConsumer {

  private static final Logger log = LoggerFactory.getLogger(QuotaConsumer.class);

  private final org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer;
  private final String topic;
  private final PartitionedQuotaState table;
  private final Consumer<QuotaTransition> onDecision;
  private final Map<TopicPartition, Long> ends = new HashMap<>();

  QuotaConsumer(
      org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer,
      String topic,
      PartitionedQuotaState table,
      Consumer<QuotaTransition> onDecision) {
    this.consumer = consumer;
    this.topic = topic;
    this.table = table;
    this.onDecision = onDecision;
  }

  /** Goes to where the folds stand. */
  void begin() {
    List<TopicPartition> partitions =
        IntStream.range(0, consumer.partitionsFor(topic).size())
            .mapToObj(partition -> new TopicPartition(topic, partition))
            .toList();
    if (partitions.isEmpty()) {
      throw new KafkaException("topic " + topic + " does not exist");
    }
    table.partitions(partitions.size());
    consumer.assign(partitions);
    Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(partitions);
    ends.putAll(consumer.endOffsets(partitions));
    partitions.forEach(partition -> seek(partition, beginnings.getOrDefault(partition, 0L)));
  }

  private void seek(TopicPartition partition, long beginning) {
    long from = table.offset(partition.partition());
    if (from < beginning && from > 0) {
      log.warn(
          "{} no longer has the records between offsets {} and {}; quotas may be inexact",
          partition,
          from,
          beginning);
    }
    consumer.seek(partition, Math.max(from, beginning));
  }

  /** Everything that was there at the beginning is folded. */
  boolean caughtUp() {
    ends.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
    return ends.isEmpty();
  }

  /** What comes within that time. No record ends the reading, nor whoever hears what it meant. */
  void step(Duration wait) {
    consumer.poll(wait).forEach(this::read);
  }

  private void read(ConsumerRecord<byte[], byte[]> record) {
    try {
      QuotaEvent event = QuotaCodec.decode(record.value());
      onDecision.accept(
          table.apply(
              record.partition(),
              record.offset(),
              Instant.ofEpochMilli(record.timestamp()),
              event));
    } catch (MalformedRecordException e) {
      log.warn(
          "Skipped the unreadable record {}-{}@{}: {}",
          topic,
          record.partition(),
          record.offset(),
          e.getMessage());
    } catch (RuntimeException | Error e) {
      log.error(
          "Failed to process {}-{}@{}; the record is skipped",
          topic,
          record.partition(),
          record.offset(),
          e);
    }
  }
}
