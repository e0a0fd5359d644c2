package io.anyserve.metering;

import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.codec.UsageCodec;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.topic.TenantPartition;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.metering.aggregate.AggregateStores;
import io.anyserve.runtime.streams.ValuePartitioner;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Branched;
import org.apache.kafka.streams.kstream.BranchedKStream;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;

/**
 * The topology of metering: two halves, joined by the ledger itself.
 *
 * <pre>
 * tokens --> usage of requests --+--> entries --> usage        all entries of a tenant in one partition
 *                                +--> settled --> quotas       where quotas are settled
 *                                +--> dead letters --> dlq
 *
 * usage --> aggregates --+--> sessions --> usage.sessions
 *                        +--> tenants --> usage.tenants
 *                        +--> windows --> usage.windows
 *                        +--> dead letters --> dlq
 * </pre>
 */
final class MeteringTopology {

  private static final Serde<byte[]> BYTES = Serdes.ByteArray();
  private static final Serde<LedgerEntry> ENTRIES =
      Serdes.serdeFrom(
          (_, entry) -> UsageCodec.encode(entry), (_, bytes) -> UsageCodec.decodeEntry(bytes));
  private static final Serde<TopologyOutput.Settled> SETTLEMENTS =
      Serdes.serdeFrom(
          (_, settled) -> settled.settlement().get(),
          (topic, _) -> {
            throw new UnsupportedOperationException(topic + " is only written");
          });

  private MeteringTopology() {}

  /**
   * @param partitions that the topic {@code usage} has
   */
  static Topology build(MeteringDependencies dependencies, int partitions) {
    StreamsBuilder builder = new StreamsBuilder();
    requests(builder, dependencies);
    aggregates(builder, dependencies, partitions);
    return builder.build();
  }

  /** Milliseconds since the epoch; a record without a time is as old as can be, not an error. */
  static long time(ConsumerRecord<?, ?> record) {
    return Math.max(0, record.timestamp());
  }

  private static Consumed<byte[], byte[]> source(String name) {
    return Consumed.with(BYTES, BYTES)
        .withTimestampExtractor((record, _) -> time(record))
        .withName(name);
  }

  private static void requests(StreamsBuilder builder, MeteringDependencies dependencies) {
    TopicNames topics = dependencies.settings().topics();
    builder.addStateStore(positions(RequestUsageProcessor.POSITIONS));
    BranchedKStream<byte[], TopologyOutput> outputs =
        builder.stream(topics.tokens(), source("tokens"))
            .process(
                () -> new RequestUsageProcessor(dependencies),
                Named.as("requests"),
                RequestUsageProcessor.POSITIONS)
            .processValues(CommitProcessor::new, Named.as("requests-commit"))
            .split(Named.as("requests-"))
            .branch(
                (_, output) -> output instanceof TopologyOutput.Entry,
                Branched.withConsumer(entries -> ledger(entries, topics), "entries"));
    if (dependencies.hooks().settlements().isPresent()) {
      outputs =
          outputs.branch(
              (_, output) -> output instanceof TopologyOutput.Settled,
              Branched.withConsumer(settled -> quotas(settled, topics), "settled"));
    }
    outputs.defaultBranch(
        Branched.withConsumer(
            deadLetters -> deadLetters("requests", deadLetters, topics), "dead-letters"));
  }

  /** Keeps all records of a tenant in one partition. */
  private static <V> ValuePartitioner<byte[], V> byTenant(Function<V, TenantId> tenant) {
    return new ValuePartitioner<>((value, all) -> TenantPartition.of(tenant.apply(value), all));
  }

  private static void ledger(KStream<byte[], TopologyOutput> entries, TopicNames topics) {
    entries
        .mapValues(output -> ((TopologyOutput.Entry) output).entry(), Named.as("ledger-entries"))
        .to(
            topics.usage(),
            Produced.with(BYTES, ENTRIES)
                .withStreamPartitioner(byTenant((LedgerEntry entry) -> entry.context().tenant()))
                .withName("ledger"));
  }

  private static void quotas(KStream<byte[], TopologyOutput> settled, TopicNames topics) {
    settled
        .mapValues(output -> (TopologyOutput.Settled) output, Named.as("settlements"))
        .to(
            topics.quotas(),
            Produced.with(BYTES, SETTLEMENTS)
                .withStreamPartitioner(byTenant(TopologyOutput.Settled::tenant))
                .withName("quotas"));
  }

  private static void aggregates(
      StreamsBuilder builder, MeteringDependencies dependencies, int partitions) {
    TopicNames topics = dependencies.settings().topics();
    builder.addStateStore(positions(AggregateStores.POSITIONS));
    for (String store :
        List.of(AggregateStores.SESSIONS, AggregateStores.TENANTS, AggregateStores.WINDOWS)) {
      builder.addStateStore(store(store));
    }
    KStream<byte[], TopologyOutput> aggregates =
        builder.stream(topics.usage(), source("usage"))
            .process(
                () -> new AggregateProcessor(dependencies, partitions),
                Named.as("aggregates"),
                AggregateStores.POSITIONS,
                AggregateStores.SESSIONS,
                AggregateStores.TENANTS,
                AggregateStores.WINDOWS)
            .processValues(CommitProcessor::new, Named.as("aggregates-commit"));
    aggregates
        .split(Named.as("aggregates-"))
        .branch(
            (_, output) -> output instanceof TopologyOutput.Window,
            totals(
                "windows",
                topics.usageWindows(),
                output -> ((TopologyOutput.Window) output).usage()))
        .branch(
            (_, output) -> output instanceof TopologyOutput.Session,
            totals(
                "sessions",
                topics.sessionUsage(),
                output -> ((TopologyOutput.Session) output).usage()))
        .branch(
            (_, output) -> output instanceof TopologyOutput.Tenant,
            totals(
                "tenants",
                topics.tenantUsage(),
                output -> ((TopologyOutput.Tenant) output).usage()))
        .defaultBranch(
            Branched.withConsumer(
                deadLetters -> deadLetters("aggregates", deadLetters, topics), "dead-letters"));
  }

  private static Branched<byte[], TopologyOutput> totals(
      String name, String topic, Function<TopologyOutput, @Nullable Bytes> usage) {
    return Branched.withConsumer(
        outputs ->
            outputs
                .mapValues(output -> usage.apply(output), Named.as(name + "-bytes"))
                .to(topic, Produced.with(BYTES, Serdes.Bytes()).withName("usage-" + name)),
        name);
  }

  private static void deadLetters(
      String half, KStream<byte[], TopologyOutput> deadLetters, TopicNames topics) {
    deadLetters
        .mapValues(
            output -> ((TopologyOutput.DeadLetter) output).value(),
            Named.as(half + "-dead-letter-bytes"))
        .to(topics.deadLetters(), Produced.with(BYTES, Serdes.Bytes()).withName(half + "-dlq"));
  }

  private static StoreBuilder<KeyValueStore<String, Long>> positions(String name) {
    return Stores.keyValueStoreBuilder(
            Stores.inMemoryKeyValueStore(name), Serdes.String(), Serdes.Long())
        .withLoggingEnabled(Map.of());
  }

  private static StoreBuilder<KeyValueStore<String, byte[]>> store(String name) {
    return Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(name), Serdes.String(), BYTES)
        .withLoggingEnabled(Map.of());
  }
}
