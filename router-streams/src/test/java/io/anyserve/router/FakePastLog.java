package io.anyserve.router;

import io.anyserve.router.intake.IntakeRun;
import io.anyserve.runtime.kafka.SeekableLogReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/** A log in memory; every topic has one partition. */
public final class FakePastLog implements SeekableLogReader {

  private final Map<String, List<ConsumerRecord<byte[], byte[]>>> topics = new HashMap<>();
  private boolean broken;
  private boolean forgotten;

  /** Answers nothing any more, or again. */
  public void broken(boolean is) {
    broken = is;
  }

  /** All that was written before is no longer kept. */
  public void forget() {
    forgotten = true;
  }

  /** Returns the record's offset. */
  @SuppressWarnings("NullAway") // Kafka allows both to be missing
  public long append(String topic, byte @Nullable [] key, byte @Nullable [] value, Instant at) {
    List<ConsumerRecord<byte[], byte[]>> records =
        topics.computeIfAbsent(topic, _ -> new ArrayList<>());
    long offset = records.size();
    records.add(
        new ConsumerRecord<>(
            topic,
            0,
            offset,
            at.toEpochMilli(),
            TimestampType.LOG_APPEND_TIME,
            0,
            0,
            key,
            value,
            new RecordHeaders().add("traceparent", IntakeRun.bytes("00-1-2-01")),
            Optional.empty()));
    return offset;
  }

  @Override
  public void read(
      TopicPartition partition,
      long from,
      long end,
      Consumer<ConsumerRecord<byte[], byte[]>> reader) {
    if (!forgotten) {
      records(partition).stream()
          .filter(record -> record.offset() >= from && record.offset() < end)
          .forEach(reader);
    }
  }

  @Override
  public void pick(
      TopicPartition partition,
      Collection<Long> offsets,
      Consumer<ConsumerRecord<byte[], byte[]>> reader) {
    records(partition).stream().filter(record -> offsets.contains(record.offset())).forEach(reader);
  }

  @Override
  public long offsetAt(TopicPartition partition, Instant time) {
    return records(partition).stream()
        .filter(record -> record.timestamp() < time.toEpochMilli())
        .count();
  }

  @Override
  public long end(TopicPartition partition) {
    return records(partition).size();
  }

  private List<ConsumerRecord<byte[], byte[]>> records(TopicPartition partition) {
    if (broken) {
      throw new KafkaException("broken");
    }
    return partition.partition() == 0
        ? List.copyOf(topics.getOrDefault(partition.topic(), List.of()))
        : List.of();
  }
}
