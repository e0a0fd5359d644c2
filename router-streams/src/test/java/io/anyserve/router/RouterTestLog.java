package io.anyserve.router;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.codec.WorkerCodec;
import io.anyserve.contracts.event.CapabilityRoute;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.contracts.event.WorkerHeartbeat;
import io.anyserve.contracts.topic.TopicCatalogue;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.contracts.topic.TopicPartitioning;
import io.anyserve.contracts.topic.TopicSpec;
import io.anyserve.router.intake.IntakeRun;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.runtime.kafka.PartitionRangeReader;
import io.anyserve.runtime.kafka.TopicAdmin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** The broker as others use it: topics, appended records, everything read back. */
public final class RouterTestLog implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final TopicNames topics;
  private final KafkaClients kafka;
  private final Admin admin;
  private final Producer<byte[], byte[]> producer;

  public RouterTestLog(String bootstrapServers, TopicNames topics) {
    this.topics = topics;
    this.kafka = KafkaClients.of(bootstrapServers);
    this.admin = kafka.newAdmin("test-admin");
    this.producer = kafka.newProducer("test-producer", Map.of());
  }

  /** The fixed topics and those of a capability. */
  public void create(String capability) {
    create(capability, Map.of());
  }

  public void create(String capability, Map<String, String> settings) {
    var catalogue = new TopicCatalogue(topics, TopicPartitioning.STANDALONE);
    List<TopicSpec> specs = new ArrayList<>(catalogue.fixed());
    for (TopicSpec spec : catalogue.of(new Capability(capability))) {
      Map<String, String> all = new HashMap<>(spec.settings());
      all.putAll(settings);
      specs.add(
          new TopicSpec(
              spec.name(), spec.purpose(), spec.key(), spec.value(), spec.partitions(), all));
    }
    Awaitility.await() // a busy broker may be fenced for a moment
        .atMost(PATIENCE)
        .ignoreExceptions()
        .untilAsserted(() -> new TopicAdmin(admin, 1).create(specs));
  }

  public void delete(String topic) throws Exception {
    admin.deleteTopics(List.of(topic)).all().get();
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> !admin.listTopics().names().get().contains(topic));
  }

  public String requests(String suffix) {
    return topics.prefix() + "requests." + suffix;
  }

  public void announce(WorkerHeartbeat worker) {
    append(topics.workers(), IntakeRun.bytes(worker.worker().value()), WorkerCodec.encode(worker));
  }

  public void table(CapabilityRoute route) {
    append(
        topics.capabilities(),
        IntakeRun.bytes(route.capability().value()),
        WorkerCodec.encode(route));
  }

  /** Into partition 0 of the tokens. */
  public void append(TokenRecord... records) {
    for (TokenRecord record : records) {
      send(
          producer,
          new ProducerRecord<>(
              topics.tokens(), 0, record.request().bytes(), TokenCodec.encode(record)));
    }
  }

  public void append(String topic, byte @Nullable [] key, byte @Nullable [] value) {
    send(producer, new ProducerRecord<>(topic, key, value));
  }

  /** A producer whose transaction is open and holds one record, acknowledged by the broker. */
  public Producer<byte[], byte[]> begin(String name, String topic, byte[] value) {
    var transactional = kafka.newProducer(name, Map.of("transactional.id", name));
    transactional.initTransactions();
    transactional.beginTransaction();
    send(transactional, new ProducerRecord<>(topic, value));
    return transactional;
  }

  public void appendCompressed(String topic, byte[] value) {
    Map<String, String> settings =
        Map.of("compression.type", "gzip", "max.request.size", String.valueOf(16 << 20));
    try (var compressing = kafka.newProducer("test-compressing", settings)) {
      send(compressing, new ProducerRecord<>(topic, value));
    }
  }

  private static void send(
      Producer<byte[], byte[]> producer, ProducerRecord<byte[], byte[]> record) {
    try {
      producer.send(record).get();
    } catch (Exception e) {
      throw new AssertionError(record.topic(), e);
    }
  }

  /** The records of a request topic, once there are that many. */
  public List<ConsumerRecord<byte[], byte[]>> await(String suffix, int count) {
    return awaitAll(requests(suffix), count);
  }

  public List<ConsumerRecord<byte[], byte[]>> awaitAll(String topic, int count) {
    return Awaitility.await(topic)
        .atMost(PATIENCE)
        .until(() -> all(topic), found -> found.size() >= count);
  }

  /** Every committed record there is now, partition by partition. */
  public List<ConsumerRecord<byte[], byte[]>> all(String topic) {
    List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
    try (var range =
        new PartitionRangeReader(
            kafka.newAssignedConsumer("test-reader", IsolationLevel.READ_COMMITTED, Map.of()))) {
      for (var info : producer.partitionsFor(topic)) {
        var partition = new TopicPartition(topic, info.partition());
        range.read(partition, 0, range.end(partition), found::add);
      }
    }
    return found;
  }

  @Override
  public void close() {
    producer.close();
    admin.close();
  }
}
