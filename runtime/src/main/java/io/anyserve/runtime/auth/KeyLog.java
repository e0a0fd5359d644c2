package io.anyserve.runtime.auth;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.codec.KeyCodec;
import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.contracts.key.StoredKey;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.contracts.validation.Preconditions;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.runtime.kafka.PartitionRangeReader;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * One connection to the topic {@code keys}: what was read of it, and what is written to it. Not
 * thread-safe.
 */
final class KeyLog implements AutoCloseable {

  private static final String CLIENT = "anyserve-keys";

  private final TopicPartition partition;
  private final PartitionRangeReader reader;
  private final KafkaProducer<byte[], byte[]> producer;
  private final Map<String, Latest> latest = new TreeMap<>();
  private long next;

  /** The record that counts for an id; without a key where it deletes or cannot be read. */
  private record Latest(Optional<StoredKey> key, long offset) {}

  /** All of a topic's records are in one partition, so that their order is the order of changes. */
  KeyLog(KafkaClients kafka, TopicNames topics) {
    this.partition = new TopicPartition(topics.keys(), 0);
    this.reader =
        new PartitionRangeReader(
            kafka.newAssignedConsumer(CLIENT, IsolationLevel.READ_COMMITTED, Map.of()));
    this.producer = kafka.newProducer(CLIENT, Map.of());
  }

  /** Reads to the end; the keys by id. */
  List<StoredKey> readAll(Consumer<MalformedRecordException> malformed) {
    read(reader.end(partition), malformed);
    return latest.values().stream().flatMap(record -> record.key().stream()).toList();
  }

  private void read(long end, Consumer<MalformedRecordException> malformed) {
    reader.read(partition, next, end, record -> take(record, malformed));
    next = Math.max(next, end);
  }

  private void take(
      ConsumerRecord<byte[], byte[]> record, Consumer<MalformedRecordException> malformed) {
    Optional<StoredKey> key = Optional.empty();
    try {
      key = KeyCodec.decode(record.key(), record.value());
    } catch (MalformedRecordException e) {
      malformed.accept(e);
    }
    if (record.key() != null) {
      latest.put(KeyCodec.id(record.key()), new Latest(key, record.offset()));
    }
  }

  /** What was read of a key; KEY_NOT_FOUND where there is none. */
  StoredKey require(String id) {
    return Optional.ofNullable(latest.get(id))
        .flatMap(Latest::key)
        .orElseThrow(
            () ->
                new FailureException(
                    FailureCode.KEY_NOT_FOUND,
                    "key: " + Preconditions.printable(id) + " (expected: the id of a key)"));
  }

  /** Changes what was read of a key, and what others changed meanwhile. */
  StoredKey change(String id, UnaryOperator<StoredKey> change) throws InterruptedException {
    long base = offset(id);
    StoredKey changed = change.apply(require(id));
    long written = write(id, Optional.of(changed));
    read(written, _ -> {});
    while (offset(id) != base) {
      base = written;
      changed = changedAgain(id, change);
      written = write(id, Optional.of(changed));
      read(written, _ -> {});
    }
    return changed;
  }

  /** A key that was deleted meanwhile stays deleted, although this writer has written it again. */
  private StoredKey changedAgain(String id, UnaryOperator<StoredKey> change)
      throws InterruptedException {
    try {
      return change.apply(require(id));
    } catch (FailureException e) {
      write(id, Optional.empty());
      throw e;
    }
  }

  private long offset(String id) {
    @Nullable Latest found = latest.get(id);
    return found == null ? -1 : found.offset();
  }

  /**
   * Returns the record's offset when it is in the log.
   *
   * @param key empty deletes it
   */
  long write(String id, Optional<StoredKey> key) throws InterruptedException {
    byte @Nullable [] value = key.map(KeyCodec::encode).orElse(null);
    var record =
        new ProducerRecord<>(partition.topic(), partition.partition(), KeyCodec.key(id), value);
    try {
      return producer.send(record).get().offset();
    } catch (ExecutionException e) {
      throw new KafkaException("topic " + partition.topic(), e.getCause());
    }
  }

  @Override
  public void close() {
    producer.close();
    reader.close();
  }
}
