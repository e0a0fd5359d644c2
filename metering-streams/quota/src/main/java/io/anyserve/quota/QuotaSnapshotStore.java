package io.anyserve.quota;

import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.runtime.kafka.PartitionRangeReader;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topic of snapshots: read once, written now and then. Several writers are harmless: a snapshot
 * is a function of the records before its offset, so an older one only means to read more. Blocks;
 * one thread at a time.
 */
final class QuotaSnapshotStore implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(QuotaSnapshotStore.class);
  private static final int LARGEST = 256 << 20;
  private static final Duration CLOSE = Duration.ofSeconds(2);

  private static final Map<String, String> READER = Map.of("default.api.timeout.ms", "5000");

  private final KafkaClients kafka;
  private final String topic;
  private final String client;
  private @Nullable Producer<byte[], byte[]> producer;

  QuotaSnapshotStore(KafkaClients kafka, TopicNames topics, String client) {
    this.kafka = kafka;
    this.topic = topics.quotaSnapshots();
    this.client = client;
  }

  /** The latest by partition. */
  Map<Integer, QuotaSnapshot> read() {
    Map<Integer, QuotaSnapshot> found = new HashMap<>();
    try (var range =
        new PartitionRangeReader(
            kafka.newAssignedConsumer(
                client + "-snapshots", IsolationLevel.READ_COMMITTED, READER))) {
      var partition = new TopicPartition(topic, 0);
      range.read(partition, 0, range.end(partition), record -> note(record.value(), found));
    }
    return found;
  }

  private static void note(byte @Nullable [] value, Map<Integer, QuotaSnapshot> found) {
    try {
      QuotaSnapshot state = SnapshotCodec.decode(value);
      found.merge(
          state.partition(), state, (one, other) -> other.offset() >= one.offset() ? other : one);
    } catch (MalformedRecordException e) {
      log.warn("Ignored an unreadable quota snapshot: {}", e.getMessage());
    }
  }

  /** Returns when they are handed over; what goes wrong is only logged, as the log has it all. */
  void write(List<QuotaSnapshot> states) {
    if (states.isEmpty()) {
      return;
    }
    try {
      Producer<byte[], byte[]> connected = producer == null ? connect() : producer;
      producer = connected;
      for (QuotaSnapshot state : states) {
        var _ =
            connected.send(
                new ProducerRecord<>(
                    topic, 0, SnapshotCodec.key(state.partition()), SnapshotCodec.encode(state)),
                (_, error) -> noteLost(error));
      }
      connected.flush();
    } catch (KafkaException e) {
      noteLost(e);
    }
  }

  private Producer<byte[], byte[]> connect() {
    return kafka.newProducer(
        client + "-snapshots",
        Map.of(
            "compression.type", "gzip",
            "max.request.size", Integer.toString(LARGEST),
            "buffer.memory", Integer.toString(LARGEST),
            "delivery.timeout.ms", "5000",
            "request.timeout.ms", "3000",
            "max.block.ms", "2000"));
  }

  private static void noteLost(@Nullable Exception error) {
    if (error != null) {
      log.warn("Failed to write a quota snapshot: {}", error.getMessage());
    }
  }

  @Override
  public void close() {
    if (producer != null) {
      producer.close(CLOSE);
    }
  }
}
