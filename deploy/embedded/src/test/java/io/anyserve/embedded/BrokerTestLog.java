package io.anyserve.embedded;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Topics of one partition and string records, through ordinary clients. */
final class BrokerTestLog implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(200);

  private final String bootstrapServers;
  private final Admin admin;

  BrokerTestLog(String bootstrapServers) {
    this.bootstrapServers = bootstrapServers;
    this.admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
  }

  void create(String topic) throws Exception {
    create(topic, 1);
  }

  void create(String topic, int replicas) throws Exception {
    admin.createTopics(List.of(new NewTopic(topic, 1, (short) replicas))).all().get();
  }

  /** The id of the broker that leads the topic. */
  int leader(String topic) throws Exception {
    return admin
        .describeTopics(List.of(topic))
        .topicNameValues()
        .values()
        .iterator()
        .next()
        .get()
        .partitions()
        .getFirst()
        .leader()
        .id();
  }

  void configureGroup(String group, String key, String value) throws Exception {
    var resource = new ConfigResource(ConfigResource.Type.GROUP, group);
    var change = new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET);
    admin.incrementalAlterConfigs(Map.of(resource, List.of(change))).all().get();
  }

  void append(String topic, String... values) throws Exception {
    try (var producer = producer(Map.of())) {
      for (String value : values) {
        producer.send(new ProducerRecord<>(topic, value)).get();
      }
    }
  }

  void appendInTransaction(String topic, String value) throws Exception {
    try (var producer = producer(Map.of("transactional.id", "test"))) {
      producer.initTransactions();
      producer.beginTransaction();
      producer.send(new ProducerRecord<>(topic, value)).get();
      producer.commitTransaction();
    }
  }

  /** The first {@code count} committed records; polls until they are there. */
  List<String> read(String topic, int count) {
    return records(topic, count).stream().map(ConsumerRecord::value).toList();
  }

  /** The leader epochs under which the first {@code count} records were written. */
  List<Integer> leaderEpochs(String topic, int count) {
    return records(topic, count).stream().map(found -> found.leaderEpoch().orElseThrow()).toList();
  }

  private List<ConsumerRecord<String, String>> records(String topic, int count) {
    var partition = new TopicPartition(topic, 0);
    List<ConsumerRecord<String, String>> records = new ArrayList<>();
    Map<String, Object> settings =
        Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed");
    try (var consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      while (records.size() < count) {
        consumer.poll(POLL).forEach(records::add);
      }
    }
    return records;
  }

  /** One record of a share group; polls until there is one. */
  String take(String topic, String group) {
    Map<String, Object> settings = Map.of("bootstrap.servers", bootstrapServers, "group.id", group);
    try (var consumer =
        new KafkaShareConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      consumer.subscribe(List.of(topic));
      while (true) {
        for (ConsumerRecord<String, String> found : consumer.poll(POLL)) {
          return found.value();
        }
      }
    }
  }

  @Override
  public void close() {
    admin.close();
  }

  private KafkaProducer<String, String> producer(Map<String, Object> more) {
    var settings = new HashMap<>(more);
    settings.put("bootstrap.servers", bootstrapServers);
    return new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
  }
}
