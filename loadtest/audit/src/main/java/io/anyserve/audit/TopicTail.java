package io.anyserve.audit;

import io.anyserve.runtime.kafka.KafkaClients;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/** Reads a topic wholly, and later what has come since. Not thread-safe. */
public final class TopicTail implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(200);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Consumer<ConsumerRecord<byte[], byte[]>> reader;

  /**
   * @param committed leaves out what transactions have not committed
   */
  public TopicTail(
      KafkaClients kafka,
      String topic,
      boolean committed,
      Consumer<ConsumerRecord<byte[], byte[]>> reader) {
    this.reader = reader;
    consumer =
        kafka.newAssignedConsumer(
            "faults-checker",
            committed ? IsolationLevel.READ_COMMITTED : IsolationLevel.READ_UNCOMMITTED,
            Map.of());
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic).stream()
            .map(info -> new TopicPartition(topic, info.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
  }

  /** The partitions of which the oldest records are no longer kept. */
  Set<Integer> cut() {
    return consumer.beginningOffsets(consumer.assignment()).entrySet().stream()
        .filter(beginning -> beginning.getValue() > 0)
        .map(beginning -> beginning.getKey().partition())
        .collect(Collectors.toSet());
  }

  /** Hands over everything up to the present end; returns how many records that were. */
  public int drain() {
    Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
    int[] count = new int[1];
    while (ends.entrySet().stream()
        .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
      consumer
          .poll(POLL)
          .forEach(
              record -> {
                reader.accept(record);
                count[0]++;
              });
    }
    return count[0];
  }

  @Override
  public void close() {
    consumer.close();
  }
}
