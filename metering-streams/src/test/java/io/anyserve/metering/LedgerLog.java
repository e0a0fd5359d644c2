package io.anyserve.metering;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.codec.UsageAggregateCodec;
import io.anyserve.contracts.codec.UsageCodec;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.SessionUsage;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.contracts.topic.TopicCatalogue;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.contracts.topic.TopicPartitioning;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.runtime.kafka.TopicAdmin;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** The topics of metering on a real broker: writes {@code tokens}, reads what is committed. */
final class LedgerLog implements AutoCloseable {

  static final int PARTITIONS = 3;

  private static final Duration POLL = Duration.ofMillis(50);

  private final KafkaClients kafka;
  private final TopicNames topics;
  private final KafkaProducer<byte[], byte[]> producer;
  private final Map<String, List<ConsumerRecord<byte[], byte[]>>> seen = new HashMap<>();
  private final Map<String, KafkaConsumer<byte[], byte[]>> readers = new HashMap<>();

  LedgerLog(KafkaClients kafka, TopicNames topics) throws InterruptedException {
    this(kafka, topics, 1);
  }

  /** With a ledger of so many partitions. */
  LedgerLog(KafkaClients kafka, TopicNames topics, int usage) throws InterruptedException {
    this.kafka = kafka;
    this.topics = topics;
    try (Admin admin = kafka.newAdmin("test")) {
      var sizes = new TopicPartitioning(PARTITIONS, 1, usage, 1, 1);
      new TopicAdmin(admin, 1).create(new TopicCatalogue(topics, sizes).fixed());
    }
    this.producer = kafka.newProducer("test", Map.of());
  }

  void write(int partition, TokenRecord... records) {
    for (TokenRecord record : records) {
      writeBytes(partition, record.request().bytes(), TokenCodec.encode(record));
    }
  }

  void writeBytes(int partition, byte @Nullable [] key, byte @Nullable [] value) {
    var _ = producer.send(new ProducerRecord<>(topics.tokens(), partition, key, value));
  }

  /** Waits until the broker has everything written so far. */
  void flush() {
    producer.flush();
  }

  /** All committed entries so far. */
  List<LedgerEntry> entries() {
    return committed(topics.usage()).stream()
        .map(record -> UsageCodec.decodeEntry(record.value()))
        .toList();
  }

  /** The committed entries so far; fails when a request has two. */
  Map<RequestId, PlainLedger.Bill> bills() {
    Map<RequestId, PlainLedger.Bill> bills = new HashMap<>();
    for (LedgerEntry entry : entries()) {
      if (bills.put(entry.request(), PlainLedger.Bill.of(entry)) != null) {
        throw new AssertionError("two lines for " + entry.request());
      }
    }
    return bills;
  }

  /** The last committed totals of each session. */
  Map<String, SessionUsage> totals() {
    Map<String, SessionUsage> totals = new HashMap<>();
    for (var record : committed(topics.sessionUsage())) {
      totals.put(
          new String(record.key(), StandardCharsets.UTF_8),
          UsageCodec.decodeSession(record.value()));
    }
    return totals;
  }

  /** What the compacted topics of the aggregates say now, by key. */
  Map<String, Object> aggregates() {
    Map<String, Object> aggregates = new TreeMap<>();
    latest(topics.sessionUsage(), UsageCodec::decodeSession, aggregates);
    latest(topics.tenantUsage(), UsageAggregateCodec::decodeTenant, aggregates);
    latest(topics.usageWindows(), UsageAggregateCodec::decodeWindow, aggregates);
    return aggregates;
  }

  private void latest(
      String topic, Function<byte[], Object> decode, Map<String, Object> aggregates) {
    for (var record : committed(topic)) {
      String key = new String(record.key(), StandardCharsets.UTF_8);
      if (record.value() == null) {
        aggregates.remove(key);
      } else {
        aggregates.put(key, decode.apply(record.value()));
      }
    }
  }

  List<ConsumerRecord<byte[], byte[]>> deadLetters() {
    return committed(topics.deadLetters());
  }

  /** How many records the topic has, those of open and aborted transactions included. */
  long end(String topic) throws ExecutionException, InterruptedException {
    try (var reader = kafka.newAssignedConsumer("end", IsolationLevel.READ_UNCOMMITTED, Map.of())) {
      var partition = new TopicPartition(topic, 0);
      return reader.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
    }
  }

  private List<ConsumerRecord<byte[], byte[]>> committed(String topic) {
    KafkaConsumer<byte[], byte[]> reader = readers.computeIfAbsent(topic, this::reader);
    List<ConsumerRecord<byte[], byte[]>> all = seen.computeIfAbsent(topic, _ -> new ArrayList<>());
    reader.poll(POLL).forEach(all::add);
    return List.copyOf(all);
  }

  private KafkaConsumer<byte[], byte[]> reader(String topic) {
    KafkaConsumer<byte[], byte[]> reader =
        kafka.newAssignedConsumer("read-" + topic, IsolationLevel.READ_COMMITTED, Map.of());
    reader.assign(
        reader.partitionsFor(topic).stream()
            .map(info -> new TopicPartition(topic, info.partition()))
            .toList());
    reader.seekToBeginning(reader.assignment());
    return reader;
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(5));
    readers.values().forEach(KafkaConsumer::close);
  }
}
