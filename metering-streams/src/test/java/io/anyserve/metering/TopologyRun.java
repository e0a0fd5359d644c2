package io.anyserve.metering;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.anyserve.contracts.TopicOffset;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.codec.UsageAggregateCodec;
import io.anyserve.contracts.codec.UsageCodec;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.SessionUsage;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.metering.aggregate.AggregateStores;
import io.anyserve.metering.store.UsageListener;
import io.anyserve.runtime.kafka.KafkaClients;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.apache.kafka.common.header.Headers;
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

  private static final TopicNames TOPICS = new TopicNames("test.");
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final List<SessionUsage> changes = new ArrayList<>();
  private final List<TestRecord<byte[], byte[]>> written = new ArrayList<>();
  private final TopologyTestDriver driver;
  private final TestInputTopic<byte[], byte[]> tokens;
  private final TestInputTopic<byte[], byte[]> usage;
  private Instant now = START;
  private final FailedRecords failed = new FailedRecords();
  private @Nullable Throwable failure;

  TopologyRun(Path state) {
    this(state, BillingServices.NONE);
  }

  TopologyRun(Path state, BillingServices hooks) {
    MeteringConfig settings = MeteringConfig.of(KafkaClients.of("nowhere:1"), TOPICS, state, 1);
    var dependencies =
        new MeteringDependencies(
            settings,
            new MeteringDependencies.Logs(
                (partition, from, end, reader) -> {
                  throw new IllegalStateException("read back from " + from + " to " + end);
                },
                (_, _, _) -> 0),
            hooks,
            new MeteringDependencies.Metrics(
                new MeteringMetrics(registry), new AggregateMetrics(registry)),
            new Changes(),
            this::look,
            failed);
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "metering-test");
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "nowhere:1");
    properties.put(StreamsConfig.STATE_DIR_CONFIG, state.toString());
    properties.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
    driver = new TopologyTestDriver(MeteringTopology.build(dependencies, 1), properties);
    tokens =
        driver.createInputTopic(
            TOPICS.tokens(), new ByteArraySerializer(), new ByteArraySerializer());
    usage =
        driver.createInputTopic(
            TOPICS.usage(), new ByteArraySerializer(), new ByteArraySerializer());
  }

  private Instant look() {
    Throwable broken = failure;
    failure = null;
    return switch (broken) {
      case null -> now;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new AssertionError(broken);
    };
  }

  /** Metering failed at that record before. */
  void failedBefore(String topic, long offset) {
    assertThrows(
        IllegalStateException.class,
        () ->
            failed.passOverSecond(
                new TopicOffset(topic, 0, offset), new IllegalStateException("before")));
  }

  /** What looks at the clock next fails so. */
  void failOnce(Throwable with) {
    failure = with;
  }

  /** The log's time of a record, counted from 0. */
  static Instant at(int record) {
    return START.plusMillis(record);
  }

  void write(TokenRecord... records) {
    for (TokenRecord record : records) {
      writeBytes(record.request().bytes(), TokenCodec.encode(record));
    }
  }

  void writeBytes(byte @Nullable [] key, byte @Nullable [] value) {
    tokens.pipeInput(new TestRecord<>(key, value, now));
    now = now.plusMillis(1);
  }

  /** Chunks of several requests in one record. */
  void writeBatch(TokenRecord... chunks) {
    writeBytes(null, TokenCodec.encodeBatch(List.of(chunks)));
  }

  /** Dated later than the clock says. */
  void writeFuture(TokenRecord record, Duration ahead) {
    byte[] key = record.request().bytes();
    tokens.pipeInput(new TestRecord<>(key, TokenCodec.encode(record), now.plus(ahead)));
  }

  byte[] bytes(TokenRecord record) {
    return TokenCodec.encode(record);
  }

  void advance(Duration time) {
    now = now.plus(time);
  }

  void checkpoint() {
    driver.advanceWallClockTime(RequestUsageProcessor.CHECKPOINT);
  }

  /** All of {@code usage}. */
  List<TestRecord<byte[], byte[]>> usage() {
    written.addAll(output(TOPICS.usage()).readRecordsToList());
    return List.copyOf(written);
  }

  List<LedgerEntry> entries() {
    return usage().stream().map(record -> UsageCodec.decodeEntry(record.value())).toList();
  }

  LedgerEntry onlyEntry() {
    List<LedgerEntry> entries = entries();
    assertEquals(1, entries.size(), entries::toString);
    return entries.getFirst();
  }

  List<TestRecord<byte[], byte[]>> deadLetters() {
    return output(TOPICS.deadLetters()).readRecordsToList();
  }

  List<SessionUsage> sessionRecords() {
    return output(TOPICS.sessionUsage()).readValuesToList().stream()
        .map(UsageCodec::decodeSession)
        .toList();
  }

  SessionUsage session(String key) {
    KeyValueStore<String, byte[]> store = driver.getKeyValueStore(AggregateStores.SESSIONS);
    return UsageCodec.decodeSession(store.get(key));
  }

  /** All aggregates, by key. */
  Map<String, Object> aggregates() {
    Map<String, Object> aggregates = new TreeMap<>();
    each(
        AggregateStores.SESSIONS,
        (key, value) -> aggregates.put(key, UsageCodec.decodeSession(value)));
    each(
        AggregateStores.TENANTS,
        (key, value) -> aggregates.put(key, UsageAggregateCodec.decodeTenant(value)));
    each(
        AggregateStores.WINDOWS,
        (key, value) -> aggregates.put(key, UsageAggregateCodec.decodeWindow(value)));
    return aggregates;
  }

  private void each(String store, BiConsumer<String, byte[]> consumer) {
    KeyValueStore<String, byte[]> entries = driver.getKeyValueStore(store);
    try (var all = entries.all()) {
      all.forEachRemaining(entry -> consumer.accept(entry.key, entry.value));
    }
  }

  /** Writes to {@code usage} what somebody else would. */
  void writeUsage(TestRecord<byte[], byte[]> record) {
    usage.pipeInput(record);
  }

  /** Half a second later. */
  void flush() {
    driver.advanceWallClockTime(AggregateProcessor.FLUSH);
  }

  List<TestRecord<byte[], byte[]>> quotas() {
    return output(TOPICS.quotas()).readRecordsToList();
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

  static String header(Headers headers, String name) {
    return new String(headers.lastHeader(name).value(), StandardCharsets.UTF_8);
  }

  private TestOutputTopic<byte[], byte[]> output(String topic) {
    return driver.createOutputTopic(
        topic, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private final class Changes implements UsageListener {

    @Override
    public void session(SessionUsage usage) {
      changes.add(usage);
    }
  }

  @Override
  public void close() {
    driver.close();
  }
}
