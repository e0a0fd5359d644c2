package io.anyserve.metering;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.contracts.event.SessionUsage;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.contracts.event.UsageLine;
import io.anyserve.contracts.log.KafkaSettings;
import io.anyserve.contracts.topic.Topics;
import io.anyserve.contracts.wire.TokenWire;
import io.anyserve.contracts.wire.UsageWire;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;

/** The topology without a broker; the log's clock moves by a millisecond with every record. */
final class TopologyRun implements AutoCloseable {

  private static final Topics TOPICS = new Topics("test.");
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final List<SessionUsage> changes = new ArrayList<>();
  private final List<TestRecord<byte[], byte[]>> written = new ArrayList<>();
  private final TopologyTestDriver driver;
  private final TestInputTopic<byte[], byte[]> tokens;
  private Instant now = START;

  TopologyRun(Path state) {
    MeteringSettings settings =
        MeteringSettings.of(KafkaSettings.of("nowhere:1"), TOPICS, state, 1);
    var surroundings =
        new Surroundings(
            settings,
            (partition, from, end, reader) -> {
              throw new IllegalStateException("read back from " + from + " to " + end);
            },
            new MeteringMeters(registry),
            InstantSource.fixed(START));
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "metering-test");
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "nowhere:1");
    properties.put(StreamsConfig.STATE_DIR_CONFIG, state.toString());
    properties.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
    driver = new TopologyTestDriver(MeteringTopology.build(surroundings, changes::add), properties);
    tokens =
        driver.createInputTopic(
            TOPICS.tokens(), new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** The log's time of a record, counted from 0. */
  static Instant at(int record) {
    return START.plusMillis(record);
  }

  void write(TokenRecord... records) {
    for (TokenRecord record : records) {
      writeBytes(record.request().bytes(), TokenWire.encode(record));
    }
  }

  void writeBytes(byte @Nullable [] key, byte @Nullable [] value) {
    tokens.pipeInput(new TestRecord<>(key, value, now));
    now = now.plusMillis(1);
  }

  byte[] bytes(TokenRecord record) {
    return TokenWire.encode(record);
  }

  void advance(Duration time) {
    now = now.plus(time);
  }

  void checkpoint() {
    driver.advanceWallClockTime(FoldProcessor.CHECKPOINT);
  }

  /** All of {@code usage}. */
  List<TestRecord<byte[], byte[]>> usage() {
    written.addAll(output(TOPICS.usage()).readRecordsToList());
    return List.copyOf(written);
  }

  List<UsageLine> lines() {
    return usage().stream().map(record -> UsageWire.decodeLine(record.value())).toList();
  }

  UsageLine onlyLine() {
    List<UsageLine> lines = lines();
    assertEquals(1, lines.size(), lines::toString);
    return lines.getFirst();
  }

  List<TestRecord<byte[], byte[]>> letters() {
    return output(TOPICS.deadLetters()).readRecordsToList();
  }

  List<SessionUsage> sessionRecords() {
    return output(TOPICS.sessionUsage()).readValuesToList().stream()
        .map(UsageWire::decodeSession)
        .toList();
  }

  SessionUsage session(String key) {
    KeyValueStore<String, SessionUsage> store = driver.getKeyValueStore(MeteringTopology.SESSIONS);
    return store.get(key);
  }

  List<SessionUsage> changes() {
    return changes;
  }

  double count(String meter, String... tags) {
    return registry.get("anyserve.metering." + meter).tags(tags).counter().count();
  }

  List<Meter> meters() {
    return registry.getMeters();
  }

  private TestOutputTopic<byte[], byte[]> output(String topic) {
    return driver.createOutputTopic(
        topic, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  @Override
  public void close() {
    driver.close();
  }
}
