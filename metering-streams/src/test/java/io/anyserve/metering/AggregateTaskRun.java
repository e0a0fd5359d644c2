package io.anyserve.metering;

import io.anyserve.contracts.codec.UsageAggregateCodec;
import io.anyserve.contracts.codec.UsageCodec;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.metering.aggregate.AggregateStores;
import io.anyserve.metering.store.UsageBroadcaster;
import io.anyserve.runtime.kafka.KafkaClients;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;

/**
 * The aggregates' task over one partition of {@code usage}, with the transactions of Kafka Streams
 * acted out: what was read, stored and written since the last commit is undone by a crash, and all
 * memory is lost.
 */
final class AggregateTaskRun {

  private static final List<String> STORES =
      List.of(AggregateStores.SESSIONS, AggregateStores.TENANTS, AggregateStores.WINDOWS);

  private final List<ConsumerRecord<byte[], byte[]>> log;
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final MeteringDependencies dependencies;
  private final Path state;
  private final Map<String, Map<String, byte[]>> committed = new HashMap<>();
  private final Map<String, Long> committedPositions = new HashMap<>();
  private final Map<String, byte[]> topics = new TreeMap<>();
  private final Map<String, KeyValueStore<String, byte[]>> stores = new HashMap<>();
  private int committedOffset;
  private int offset;
  private int deadLetters;
  private AggregateProcessor processor;
  private MockProcessorContext<byte[], TopologyOutput> context;
  private KeyValueStore<String, Long> positions;

  AggregateTaskRun(List<ConsumerRecord<byte[], byte[]>> log, Path state) {
    this.log = log;
    this.state = state;
    this.dependencies =
        new MeteringDependencies(
            MeteringConfig.of(KafkaClients.of("nowhere:1"), new TopicNames("test."), state, 1),
            new MeteringDependencies.Logs((_, _, _, _) -> {}, this::readCounted),
            BillingServices.NONE,
            new MeteringDependencies.Metrics(
                new MeteringMetrics(registry), new AggregateMetrics(registry)),
            new UsageBroadcaster(),
            InstantSource.fixed(Instant.EPOCH),
            new FailedRecords());
    open();
  }

  boolean atEnd() {
    return offset == log.size();
  }

  void process() {
    ConsumerRecord<byte[], byte[]> next = log.get(offset++);
    context.setRecordMetadata(next.topic(), next.partition(), next.offset());
    processor.process(new Record<>(next.key(), next.value(), next.timestamp(), next.headers()));
  }

  void flush() {
    context.scheduledPunctuators().stream()
        .filter(scheduled -> !scheduled.cancelled())
        .toList()
        .forEach(due -> due.getPunctuator().punctuate(0));
  }

  void commit() {
    for (var forwarded : context.forwarded()) {
      post(forwarded.record());
    }
    context.resetForwards();
    committedOffset = offset;
    stores.forEach((name, store) -> committed.put(name, entries(store)));
    committedPositions.clear();
    committedPositions.putAll(entries(positions));
  }

  void crash() {
    offset = committedOffset;
    open();
  }

  /** The stores and their changelogs are gone, the group's offsets are not. */
  void loseStores() {
    committed.clear();
    committedPositions.clear();
    topics.clear();
    crash();
  }

  /** The group's offsets are gone, the stores are not. */
  void beginAgain() {
    committedOffset = 0;
    crash();
  }

  void toEnd() {
    while (!atEnd()) {
      process();
    }
    settle();
  }

  /** Until nothing is pending and nothing is too old. */
  void settle() {
    for (int i = 0; i < 5; i++) {
      flush();
    }
    commit();
  }

  /** The task is called, and commits, though no record comes. */
  boolean isDue() {
    return context.scheduledPunctuators().stream().anyMatch(scheduled -> !scheduled.cancelled());
  }

  /** What the stores hold, by key. */
  Map<String, Object> aggregates() {
    Map<String, Object> aggregates = new TreeMap<>();
    stores.forEach(
        (name, store) ->
            entries(store).forEach((key, value) -> aggregates.put(key, decode(name, value))));
    return aggregates;
  }

  /** What the compacted topics hold, by key. */
  Map<String, byte[]> topics() {
    return topics;
  }

  /** The stores' bytes, by key. */
  Map<String, byte[]> bytes() {
    Map<String, byte[]> bytes = new TreeMap<>();
    stores.values().forEach(store -> bytes.putAll(entries(store)));
    return bytes;
  }

  int deadLetters() {
    return deadLetters;
  }

  double count(String verdict) {
    return registry
        .get("anyserve.metering.aggregates.lines")
        .tag("outcome", verdict)
        .counter()
        .count();
  }

  private void post(Record<? extends byte[], ? extends TopologyOutput> record) {
    String key = new String(record.key(), StandardCharsets.UTF_8);
    switch (record.value()) {
      case TopologyOutput.Session(var usage) -> put(key, usage);
      case TopologyOutput.Tenant(var usage) -> put(key, usage);
      case TopologyOutput.Window(var usage) -> put(key, usage);
      case TopologyOutput.DeadLetter _ -> deadLetters++;
      case TopologyOutput.Entry _, TopologyOutput.Settled _ ->
          throw new AssertionError("not of the aggregates");
    }
  }

  private void put(String key, @Nullable Bytes usage) {
    if (usage == null) {
      topics.remove(key);
    } else {
      topics.put(key, usage.get());
    }
  }

  private static Object decode(String store, byte[] value) {
    return switch (store) {
      case AggregateStores.SESSIONS -> UsageCodec.decodeSession(value);
      case AggregateStores.TENANTS -> UsageAggregateCodec.decodeTenant(value);
      default -> UsageAggregateCodec.decodeWindow(value);
    };
  }

  private long readCounted(
      org.apache.kafka.common.TopicPartition partition,
      long from,
      java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> reader) {
    log.subList((int) Math.min(from, committedOffset), committedOffset).forEach(reader);
    return committedOffset;
  }

  private void open() {
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "metering-test");
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "nowhere:1");
    context = new MockProcessorContext<>(properties, new TaskId(1, 0), state.toFile());
    for (String name : STORES) {
      stores.put(name, open(name, Serdes.ByteArray(), committed.getOrDefault(name, Map.of())));
    }
    positions = open(AggregateStores.POSITIONS, Serdes.Long(), committedPositions);
    processor = new AggregateProcessor(dependencies, 1);
    processor.init(context);
  }

  private <V> KeyValueStore<String, V> open(String name, Serde<V> values, Map<String, V> entries) {
    KeyValueStore<String, V> store =
        Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(name), Serdes.String(), values)
            .withLoggingDisabled()
            .build();
    store.init(context.getStateStoreContext(), store);
    context.addStateStore(store);
    entries.forEach(store::put);
    return store;
  }

  private static <V> Map<String, V> entries(KeyValueStore<String, V> store) {
    Map<String, V> entries = new HashMap<>();
    try (var all = store.all()) {
      all.forEachRemaining(entry -> entries.put(entry.key, entry.value));
    }
    return entries;
  }
}
