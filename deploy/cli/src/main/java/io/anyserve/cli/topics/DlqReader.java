package io.anyserve.cli.topics;

import io.anyserve.cli.options.KafkaOptions;
import io.anyserve.runtime.kafka.PartitionRangeReader;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Reads the topic {@code dlq}. */
final class DlqReader implements AutoCloseable {

  private final String topic;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final PartitionRangeReader range;

  DlqReader(KafkaOptions kafka) {
    topic = kafka.topics().deadLetters();
    consumer =
        kafka
            .settings()
            .newAssignedConsumer("anyserve-dlq", IsolationLevel.READ_COMMITTED, Map.of());
    range = new PartitionRangeReader(consumer);
  }

  /** Hands over all letters there are now, partition by partition, oldest first. */
  void read(Consumer<DlqRecord> reader) {
    for (PartitionInfo info : consumer.partitionsFor(topic)) {
      var partition = new TopicPartition(topic, info.partition());
      range.read(
          partition, 0, range.end(partition), record -> reader.accept(new DlqRecord(record)));
    }
  }

  /** The letter of that id, if it is still kept. */
  Optional<DlqRecord> find(DlqRecord.Id id) {
    boolean exists =
        consumer.partitionsFor(topic).stream().anyMatch(info -> info.partition() == id.partition());
    var partition = new TopicPartition(topic, id.partition());
    if (!exists || id.offset() >= range.end(partition)) {
      return Optional.empty();
    }
    var found = new AtomicReference<@Nullable DlqRecord>();
    range.read(partition, id.offset(), id.offset() + 1, record -> found.set(new DlqRecord(record)));
    return Optional.ofNullable(found.get());
  }

  @Override
  public void close() {
    range.close();
  }
}
