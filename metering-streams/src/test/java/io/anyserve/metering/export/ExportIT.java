package io.anyserve.metering.export;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.codec.UsageCodec;
import io.anyserve.contracts.topic.TopicCatalogue;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.contracts.topic.TopicPartitioning;
import io.anyserve.embedded.EmbeddedBroker;
import io.anyserve.metering.MeteringConfig;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.runtime.kafka.TopicAdmin;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** The export on a real broker, to receivers that fail. */
@Timeout(240)
final class ExportIT {

  private static final Duration SOON = Duration.ofSeconds(90);
  private static final String EVENTS = "events.out";

  private static EmbeddedBroker broker;

  private final Path state;
  private final TopicNames topics;
  private final KafkaClients kafka;
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  ExportIT(@TempDir Path directory, TestInfo info) throws Exception {
    state = directory.resolve("state");
    topics =
        new TopicNames(info.getTestMethod().orElseThrow().getName().toLowerCase(Locale.ROOT) + ".");
    kafka = KafkaClients.of(broker.bootstrapServers());
    try (var admin = kafka.newAdmin("test")) {
      new TopicAdmin(admin, 1)
          .create(new TopicCatalogue(topics, TopicPartitioning.STANDALONE).fixed());
    }
  }

  @BeforeAll
  static void start(@TempDir Path data) throws Exception {
    broker = EmbeddedBroker.start(data, 0);
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @Test
  void anEndpointThatFailsHangsAndHangsUpGetsEveryEntryOnce() throws Exception {
    List<String> taken = new CopyOnWriteArrayList<>();
    AtomicInteger calls = new AtomicInteger();
    String poison = TestEntries.id(13).toString();
    try (TestEndpoint endpoint =
        new TestEndpoint(
            post ->
                switch (calls.incrementAndGet()) {
                  case 1 -> TestEndpoint.status(503, "Retry-After: 1");
                  case 2 -> "hang";
                  case 3 -> "";
                  default -> {
                    if (post.ids().contains(poison)) {
                      yield TestEndpoint.status(400);
                    }
                    taken.addAll(post.ids());
                    yield TestEndpoint.TAKEN;
                  }
                })) {
      write(0, 40);
      writeBytes(new byte[] {1, 2});
      try (Export export = http(endpoint)) {
        export.start();
        await().atMost(SOON).until(() -> taken.size() == 39);
        write(40, 60);
        await().atMost(SOON).until(() -> taken.size() == 59);
        await().atMost(SOON).until(() -> gauge("anyserve.metering.export.lag") == 0);
      }
      write(60, 70);
      try (Export export = http(endpoint)) {
        export.start();
        await().atMost(SOON).until(() -> taken.size() >= 69);
        write(70, 71);
        await().atMost(SOON).until(() -> taken.contains(TestEntries.id(70).toString()));
      }
    }
    List<String> expected =
        IntStream.range(0, 71)
            .filter(i -> i != 13)
            .mapToObj(i -> TestEntries.id(i).toString())
            .toList();
    assertEquals(expected, List.copyOf(taken), "each once, in order");
    List<ConsumerRecord<byte[], byte[]>> deadLetters = committed(topics.deadLetters(), 2);
    assertEquals(2, deadLetters.size());
    assertEquals(3, registry.get("anyserve.metering.export.failures").counter().count());
    assertEquals(1, events("refused"));
    assertEquals(1, events("malformed"));
  }

  @Test
  void aKilledProcessLeavesEveryEntryOnceInTheTopic() throws Exception {
    int entries = 20_000;
    write(0, entries);
    writeBytes(new byte[] {1, 2});
    Process process = ExportProcess.start(broker.bootstrapServers(), topics, state, EVENTS);
    try {
      await()
          .pollInterval(Duration.ofMillis(5))
          .atMost(SOON)
          .until(() -> exists(EVENTS) && end(EVENTS) > 500);
    } finally {
      process.destroyForcibly().waitFor();
    }
    long atKill = end(EVENTS);
    write(entries, entries + 10);
    try (Export export = ExportProcess.topic(kafka, topics, state, EVENTS)) {
      export.start();
      List<String> ids = ids(committed(EVENTS, entries + 10));

      assertEquals(entries + 10, ids.size());
      assertEquals(entries + 10, new HashSet<>(ids).size());
    }
    assertTrue(atKill < entries, "killed too late: " + atKill);
    ConsumerRecord<byte[], byte[]> first = committed(EVENTS, 1).getFirst();
    assertEquals("acme", new String(first.key(), UTF_8));
    assertEquals(
        "application/cloudevents+json; charset=UTF-8",
        new String(first.headers().lastHeader("content-type").value(), UTF_8));
    assertEquals(1, committed(topics.deadLetters(), 1).size());
  }

  private Export http(TestEndpoint endpoint) {
    var settings =
        new ExportConfig(
            ExportConfig.DEFAULT_SOURCE,
            Optional.empty(),
            Optional.of(endpoint.uri()),
            Optional.empty(),
            25,
            Duration.ofSeconds(8));
    return new Export(
        settings,
        MeteringConfig.of(kafka, topics, state, 1),
        registry,
        InstantSource.system(),
        System::nanoTime);
  }

  private void write(int from, int to) {
    try (var producer = kafka.newProducer("test", Map.of("linger.ms", "5"))) {
      for (int i = from; i < to; i++) {
        var _ =
            producer.send(
                new ProducerRecord<>(
                    topics.usage(),
                    TestEntries.id(i).bytes(),
                    UsageCodec.encode(TestEntries.entry(i))));
      }
    }
  }

  private void writeBytes(byte[] value) {
    try (var producer = kafka.newProducer("test", Map.of())) {
      var _ = producer.send(new ProducerRecord<>(topics.usage(), value, value));
    }
  }

  private double gauge(String name) {
    return registry.get(name).gauge().value();
  }

  private double events(String outcome) {
    return registry
        .get("anyserve.metering.export.events")
        .tag("outcome", outcome)
        .counter()
        .count();
  }

  private boolean exists(String topic) throws Exception {
    try (var admin = kafka.newAdmin("test")) {
      return admin.listTopics().names().get().contains(topic);
    }
  }

  private long end(String topic) {
    try (var reader =
        kafka.newAssignedConsumer("test", IsolationLevel.READ_UNCOMMITTED, Map.of())) {
      var partition = new TopicPartition(topic, 0);
      return reader.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
    }
  }

  private static List<String> ids(List<ConsumerRecord<byte[], byte[]>> records) {
    return records.stream()
        .map(record -> JsonMapper.shared().readTree(record.value()).get("id").asString())
        .toList();
  }

  /** Waits until there are that many, and a little for more. */
  private List<ConsumerRecord<byte[], byte[]>> committed(String topic, int expected) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> reader =
        kafka.newAssignedConsumer("test", IsolationLevel.READ_COMMITTED, Map.of())) {
      reader.assign(List.of(new TopicPartition(topic, 0)));
      reader.seekToBeginning(reader.assignment());
      await()
          .atMost(SOON)
          .until(
              () -> {
                reader.poll(Duration.ofMillis(200)).forEach(records::add);
                return records.size() >= expected;
              });
      reader.poll(Duration.ofMillis(500)).forEach(records::add);
    }
    return records;
  }
}
