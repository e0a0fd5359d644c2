package io.anyserve.ingress;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.topic.TopicCatalogue;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.contracts.topic.TopicPartitioning;
import io.anyserve.contracts.topic.TopicSpec;
import io.anyserve.embedded.EmbeddedBroker;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.runtime.kafka.PartitionRangeReader;
import io.anyserve.runtime.kafka.TopicAdmin;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/** A real broker with the topics of one capability. */
final class IngressTestLog implements AutoCloseable {

  static final Capability STORY = new Capability("story");
  static final TopicNames TOPICS = TopicNames.withDefaultPrefix();

  private final EmbeddedBroker broker;

  private IngressTestLog(EmbeddedBroker broker) {
    this.broker = broker;
  }

  static IngressTestLog start(Path directory) throws Exception {
    return start(directory, 0);
  }

  static IngressTestLog start(Path directory, int port) throws Exception {
    var log = new IngressTestLog(EmbeddedBroker.start(directory, port));
    var catalogue = new TopicCatalogue(TOPICS, TopicPartitioning.STANDALONE);
    List<TopicSpec> specs = new ArrayList<>(catalogue.fixed());
    specs.addAll(catalogue.of(STORY));
    try (Admin admin = log.kafka().newAdmin("test-admin")) {
      new TopicAdmin(admin, 1).create(specs);
    }
    return log;
  }

  int port() {
    return broker.port();
  }

  KafkaClients kafka() {
    return KafkaClients.of(broker.bootstrapServers());
  }

  void append(ProducerRecord<byte[], byte[]> record) throws Exception {
    try (var producer = kafka().newProducer("test-producer", Map.of())) {
      producer.send(record).get();
    }
  }

  /** Reads a topic from its beginning until that many records have come. */
  List<ConsumerRecord<byte[], byte[]>> read(String topic, int count) {
    List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        kafka().newAssignedConsumer("test-reader", IsolationLevel.READ_UNCOMMITTED, Map.of())) {
      List<TopicPartition> partitions =
          IntStream.range(0, consumer.partitionsFor(topic).size())
              .mapToObj(partition -> new TopicPartition(topic, partition))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      while (found.size() < count) {
        consumer.poll(Duration.ofMillis(100)).forEach(found::add);
      }
    }
    return found;
  }

  /** What is in a topic now. */
  List<ConsumerRecord<byte[], byte[]>> all(String topic) {
    List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
    try (var range =
        new PartitionRangeReader(
            kafka()
                .newAssignedConsumer("test-reader", IsolationLevel.READ_UNCOMMITTED, Map.of()))) {
      var partition = new TopicPartition(topic, 0);
      range.read(partition, 0, range.end(partition), found::add);
    }
    return found;
  }

  @Override
  public void close() {
    broker.close();
  }
}
