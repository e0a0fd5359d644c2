package io.anyserve.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.cli.topics.DlqRecord;
import io.anyserve.contracts.topic.DeadLetter;
import io.anyserve.contracts.topic.TopicCatalogue;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.contracts.topic.TopicPartitioning;
import io.anyserve.embedded.EmbeddedBroker;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.runtime.kafka.PartitionRangeReader;
import io.anyserve.runtime.kafka.TopicAdmin;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The dead letters of a real broker; each test has topics of its own. */
@SuppressWarnings("NullAway.Init") // set before each test
final class DlqCommandIT {

  private static final TopicPartitioning TWO_PARTITIONS = new TopicPartitioning(2, 1, 1);

  @TempDir private static Path directory;
  private static EmbeddedBroker broker;
  private static final AtomicInteger TESTS = new AtomicInteger();

  private TopicNames topics;
  private KafkaClients kafka;

  @BeforeAll
  static void startBroker() throws Exception {
    broker = EmbeddedBroker.start(directory, 0);
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @BeforeEach
  void bury() throws Exception {
    topics = new TopicNames("dlq" + TESTS.incrementAndGet() + ".");
    kafka = KafkaClients.of(broker.bootstrapServers());
    try (var admin = kafka.newAdmin("test")) {
      new TopicAdmin(admin, 1).create(new TopicCatalogue(topics, TWO_PARTITIONS).fixed());
    }
    bury(topics.intake(), 0, 7, "{\"prompt\":", "no end of JSON");
    bury(topics.tokens(), 1, 9, "garbage", "token event: no event");
    bury(topics.intake(), 0, 11, "", "request: 2000000 bytes");
  }

  @Test
  void listsWhatLiesThereTheLatestLast() {
    Said all = run("dlq", "list");
    assertEquals(0, all.exitCode(), all.err());
    assertEquals(3, all.out().lines().count());
    assertTrue(all.out().contains(topics.intake() + "/0/7"), all.out());
    assertTrue(all.out().contains("IllegalArgumentException: no end of JSON"), all.out());

    Said some = run("dlq", "list", "--topic", "intake", "--limit", "1", "--json");
    assertEquals(1, some.out().lines().count());
    assertTrue(some.out().startsWith("{\"id\":\"0:2\",\"time\":\"20"), some.out());
    assertTrue(some.out().contains("\"offset\":11,\"reason\":\"request: 2000000 bytes\""));
  }

  @Test
  void showsHeadersAndValue() {
    Said shown = run("dlq", "show", "0:0");
    assertEquals(0, shown.exitCode(), shown.err());
    assertTrue(shown.out().contains("header traceparent: 00-1-2-01"), shown.out());
    assertTrue(shown.out().contains("{\"prompt\":"), shown.out());

    Said absent = run("dlq", "show", "0:99");
    assertEquals(1, absent.exitCode());
    assertTrue(absent.err().contains("there is no dead letter 0:99"), absent.err());
    assertEquals(1, run("dlq", "show", "5:0").exitCode());
  }

  @Test
  void putsOneBackAsItWasAndSaysSo() {
    Said replayed = run("dlq", "replay", "0:1", "--yes");
    assertEquals(0, replayed.exitCode(), replayed.err());
    var record = records(topics.tokens(), 1).getFirst();
    assertArrayEquals("garbage".getBytes(UTF_8), record.value());
    assertArrayEquals("key".getBytes(UTF_8), record.key());
    assertEquals("00-1-2-01", header(record.headers(), "traceparent"));
    assertEquals("0:1", header(record.headers(), DlqRecord.REPLAYED));
    assertNull(record.headers().lastHeader(DeadLetter.MESSAGE));
  }

  @Test
  void withoutAYesOrInADryRunNothingMoves() {
    Said dry = run("dlq", "replay", "--all", "--dry-run");
    assertEquals(0, dry.exitCode(), dry.err());
    assertTrue(dry.out().contains("2 of 3 letters would be put back"), dry.out());
    assertEquals(List.of(), records(topics.tokens(), 1));
    assertEquals(List.of(), records(topics.intake(), 0));
  }

  @Test
  void aLetterWithoutItsValueStays() {
    Said replayed = run("dlq", "replay", "--all", "--topic", "intake", "--yes");
    assertEquals(1, replayed.exitCode());
    assertTrue(replayed.out().contains("0:2 stays: "), replayed.out());
    assertTrue(replayed.out().contains("1 of 2 letters put back"), replayed.out());
    assertEquals(1, records(topics.intake(), 0).size());
    assertEquals(List.of(), records(topics.tokens(), 1));
  }

  private Said run(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--kafka", broker.bootstrapServers(), "--topic-prefix", topics.prefix()));
    return Said.by(all.toArray(String[]::new));
  }

  private void bury(String topic, int partition, long offset, String value, String reason)
      throws Exception {
    var record =
        new ConsumerRecord<>(
            topic, partition, offset, "key".getBytes(UTF_8), value.getBytes(UTF_8));
    record.headers().add("traceparent", "00-1-2-01".getBytes(UTF_8));
    ProducerRecord<byte[], byte[]> letter =
        DeadLetter.of(topics, record, new IllegalArgumentException(reason));
    try (var producer = kafka.newProducer("test", Map.of())) {
      producer.send(letter).get();
    }
  }

  private List<ConsumerRecord<byte[], byte[]>> records(String topic, int number) {
    List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
    try (PartitionRangeReader range =
        new PartitionRangeReader(
            kafka.newAssignedConsumer("test", IsolationLevel.READ_UNCOMMITTED, Map.of()))) {
      TopicPartition partition = new TopicPartition(topic, number);
      range.read(partition, 0, range.end(partition), found::add);
    }
    return found;
  }

  private static String header(Headers headers, String name) {
    return new String(headers.lastHeader(name).value(), UTF_8);
  }
}
