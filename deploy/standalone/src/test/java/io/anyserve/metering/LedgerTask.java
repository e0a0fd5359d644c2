package io.anyserve.metering;

import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.metering.store.UsageBroadcaster;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.runtime.kafka.LogReader;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
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
 * Metering's own processor over one partition, with the transactions of Kafka Streams acted out: an
 * abort undoes what was read, stored and written since the last commit, and loses all memory.
 */
public final class LedgerTask {

  private static final String FROM = "read-back-from";
  private static final int REMEMBERED = 1_000;

  private final String topic;
  private final MeteringDependencies dependencies;
  private final Path state;
  private final List<LedgerEntry> committed = new ArrayList<>();
  private @Nullable Long committedFrom;
  private long committedPosition;
  private long position;
  private RequestUsageProcessor processor;
  private MockProcessorContext<byte[], TopologyOutput> context;
  private KeyValueStore<String, Long> store;

  /**
   * @param log what the task reads back after an abort
   */
  public LedgerTask(LogReader log, Path state, InstantSource clock) {
    TopicNames topics = new TopicNames("simulated.");
    this.topic = topics.tokens();
    this.state = state;
    var settings =
        new MeteringConfig(
            KafkaClients.of("nowhere:1"),
            topics,
            state,
            1,
            REMEMBERED,
            Duration.ofHours(24),
            new HostInfo("127.0.0.1", 1));
    var registry = new SimpleMeterRegistry();
    this.dependencies =
        new MeteringDependencies(
            settings,
            new MeteringDependencies.Logs(log, (_, _, _) -> 0),
            BillingServices.NONE,
            new MeteringDependencies.Metrics(
                new MeteringMetrics(registry), new AggregateMetrics(registry)),
            new UsageBroadcaster(),
            clock,
            new FailedRecords());
    this.processor = new RequestUsageProcessor(dependencies);
    this.context = context();
    this.store = open();
  }

  /** The offset that it processes next. */
  public long position() {
    return position;
  }

  /** The record at the position. */
  public void process(byte[] key, byte[] value, long timestamp) {
    context.setRecordMetadata(topic, 0, position++);
    processor.process(new Record<>(key, value, timestamp));
  }

  /** Now and then the processor notes how far back it would have to read. */
  public void checkpoint() {
    context.scheduledPunctuators().stream()
        .filter(scheduled -> !scheduled.cancelled())
        .toList()
        .forEach(due -> due.getPunctuator().punctuate(0));
  }

  public void commit() {
    for (var forwarded : context.forwarded()) {
      if (forwarded.record().value() instanceof TopologyOutput.Entry(var entry)) {
        committed.add(entry);
      }
    }
    context.resetForwards();
    committedPosition = position;
    committedFrom = store.get(FROM);
  }

  /**
   * Loses the open transaction.
   *
   * @param otherProcess the task moves; else Kafka Streams gives it to the same processor again
   */
  public void abort(boolean otherProcess) {
    processor.close();
    if (otherProcess) {
      processor = new RequestUsageProcessor(dependencies);
    }
    context = context();
    store = open();
    if (committedFrom != null) {
      store.put(FROM, committedFrom);
    }
    position = committedPosition;
  }

  /** The ledger, as who reads committed sees it. */
  public List<LedgerEntry> entries() {
    return committed;
  }

  private MockProcessorContext<byte[], TopologyOutput> context() {
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "metering-simulated");
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "nowhere:1");
    return new MockProcessorContext<>(properties, new TaskId(0, 0), state.toFile());
  }

  private KeyValueStore<String, Long> open() {
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
