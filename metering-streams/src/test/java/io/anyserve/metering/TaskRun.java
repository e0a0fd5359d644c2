package io.anyserve.metering;

import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.metering.store.UsageBroadcaster;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.runtime.kafka.LogReader;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.HostInfo;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;

/**
 * One task over one partition, with the transactions of Kafka Streams acted out: what was read, put
 * into the store and written since the last commit is undone by a crash, and all memory is lost.
 */
final class TaskRun implements LogReader {

  private static final String FROM = "read-back-from";

  private final List<ConsumerRecord<byte[], byte[]>> log;
  private final MeteringDependencies dependencies;
  private final Path state;
  private final List<LedgerEntry> committed = new ArrayList<>();
  private int committedPosition;
  private @Nullable Long committedFrom;
  private int position;
  private long readBack;
  private boolean broken;
  private MockProcessorContext<byte[], TopologyOutput> context;
  private KeyValueStore<String, Long> store;
  private RequestUsageProcessor processor;

  TaskRun(List<ConsumerRecord<byte[], byte[]>> log, Path state, int remembered) {
    this.log = log;
    this.state = state;
    var settings =
        new MeteringConfig(
            KafkaClients.of("nowhere:1"),
            new TopicNames("test."),
            state,
            1,
            remembered,
            Duration.ofHours(24),
            new HostInfo("127.0.0.1", 1));
    var registry = new SimpleMeterRegistry();
    this.dependencies =
        new MeteringDependencies(
            settings,
            new MeteringDependencies.Logs(this, (_, _, _) -> 0),
            BillingServices.NONE,
            new MeteringDependencies.Metrics(
                new MeteringMetrics(registry), new AggregateMetrics(registry)),
            new UsageBroadcaster(),
            InstantSource.fixed(Instant.EPOCH),
            new FailedRecords());
    this.processor = new RequestUsageProcessor(dependencies);
    this.context = context();
    this.store = open(context);
  }

  boolean atEnd() {
    return position == log.size();
  }

  void process() {
    ConsumerRecord<byte[], byte[]> next = log.get(position++);
    context.setRecordMetadata(next.topic(), next.partition(), next.offset());
    processor.process(new Record<>(next.key(), next.value(), 0));
  }

  void checkpoint() {
    context.scheduledPunctuators().stream()
        .filter(scheduled -> !scheduled.cancelled())
        .toList()
        .forEach(due -> due.getPunctuator().punctuate(0));
  }

  void commit() {
    for (var forwarded : context.forwarded()) {
      if (forwarded.record().value() instanceof TopologyOutput.Entry(var entry)) {
        committed.add(entry);
      }
    }
    context.resetForwards();
    committedPosition = position;
    committedFrom = store.get(FROM);
  }

  /** Kafka Streams gives a task that it revives to the same processor. */
  void crash(boolean otherProcess) {
    processor.close();
    if (otherProcess) {
      processor = new RequestUsageProcessor(dependencies);
    }
    context = context();
    store = open(context);
    if (committedFrom != null) {
      store.put(FROM, committedFrom);
    }
    position = committedPosition;
  }

  /** The next reading back fails. */
  void breakLog() {
    broken = true;
  }

  /** Of all committed transactions. */
  List<LedgerEntry> entries() {
    return committed;
  }

  /** How many records were read back so far. */
  long readBack() {
    return readBack;
  }

  @Override
  public void read(
      TopicPartition partition,
      long from,
      long end,
      Consumer<ConsumerRecord<byte[], byte[]>> reader) {
    if (broken) {
      broken = false;
      throw new IllegalStateException("broken");
    }
    readBack += end - from;
    log.subList((int) from, (int) end).forEach(reader);
  }

  private MockProcessorContext<byte[], TopologyOutput> context() {
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "metering-test");
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "nowhere:1");
    return new MockProcessorContext<>(properties, new TaskId(0, 0), state.toFile());
  }

  private KeyValueStore<String, Long> open(MockProcessorContext<byte[], TopologyOutput> context) {
    KeyValueStore<String, Long> opened =
        Stores.keyValueStoreBuilder(
                Stores.inMemoryKeyValueStore(RequestUsageProcessor.POSITIONS),
                Serdes.String(),
                Serdes.Long())
            .withLoggingDisabled()
            .build();
    opened.init(context.getStateStoreContext(), opened);
    context.addStateStore(opened);
    processor.init(context);
    return opened;
  }
}
