package io.anyserve.metering;

import io.anyserve.contracts.codec.UsageCodec;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.metering.aggregate.AggregateStores;
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
 * tokens --> fold --+--> lines --> usage         all lines of a tenant in one partition
 *                   +--> settled --> quotas      where quotas are settled
 *                   +--> letters --> dlq
 *
 * usage --> accounts --+--> sessions --> usage.sessions
 *                      +--> tenants --> usage.tenants
 *                      +--> windows --> usage.windows
 *                      +--> letters --> dlq
 * </pre>
 */
final class MeteringTopology {

  private static final Serde<byte[]> BYTES = Serdes.ByteArray();
  private static final Serde<LedgerEntry> LINES =
      Serdes.serdeFrom(
          (_, entry) -> UsageCodec.encode(entry), (_, bytes) -> UsageCodec.decodeEntry(bytes));
  private static final Serde<Settlements.Settlement> SETTLEMENTS =
      Serdes.serdeFrom(
          (_, settlement) -> settlement.value().get(),
          (topic, _) -> {
            throw new UnsupportedOperationException(topic + " is only written");
          });

  private MeteringTopology() {}

  /**
   * @param partitions that the topic {@code usage} has
   */
  static Topology build(MeteringDependencies surroundings, int partitions) {
    StreamsBuilder builder = new StreamsBuilder();
    fold(builder, surroundings);
    accounts(builder, surroundings, partitions);
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

  private static void fold(StreamsBuilder builder, MeteringDependencies surroundings) {
    TopicNames topics = surroundings.settings().topics();
    builder.addStateStore(positions(RequestUsageProcessor.POSITIONS));
    BranchedKStream<byte[], TopologyOutput> folded =
        builder.stream(topics.tokens(), source("tokens"))
            .process(
                () -> new RequestUsageProcessor(surroundings),
                Named.as("fold"),
                RequestUsageProcessor.POSITIONS)
            .split(Named.as("folded-"))
            .branch(
                (_, output) -> output instanceof TopologyOutput.Line,
                Branched.withConsumer(lines -> ledger(lines, topics), "lines"));
    if (surroundings.hooks().settlements().isPresent()) {
      folded =
          folded.branch(
              (_, output) -> output instanceof TopologyOutput.Settled,
              Branched.withConsumer(settled -> quotas(settled, topics), "settled"));
    }
    folded.defaultBranch(
        Branched.withConsumer(letters -> deadLetters("folded", letters, topics), "letters"));
  }

  private static void ledger(KStream<byte[], TopologyOutput> lines, TopicNames topics) {
    lines
        .mapValues(output -> ((TopologyOutput.Line) output).entry(), Named.as("ledger-lines"))
        .to(
            topics.usage(),
            Produced.with(BYTES, LINES)
                .withStreamPartitioner(
                    new TenantPartitioner<LedgerEntry>(entry -> entry.context().tenant()))
                .withName("ledger"));
  }

  private static void quotas(KStream<byte[], TopologyOutput> settled, TopicNames topics) {
    settled
        .mapValues(
            output -> ((TopologyOutput.Settled) output).settlement(), Named.as("settlements"))
        .to(
            topics.quotas(),
            Produced.with(BYTES, SETTLEMENTS)
                .withStreamPartitioner(new TenantPartitioner<>(Settlements.Settlement::tenant))
                .withName("quotas"));
  }

  private static void accounts(
      StreamsBuilder builder, MeteringDependencies surroundings, int partitions) {
    TopicNames topics = surroundings.settings().topics();
    builder.addStateStore(positions(AggregateStores.POSITIONS));
    for (String store :
        List.of(AggregateStores.SESSIONS, AggregateStores.TENANTS, AggregateStores.WINDOWS)) {
      builder.addStateStore(store(store));
    }
    KStream<byte[], TopologyOutput> accounts =
        builder.stream(topics.usage(), source("usage"))
            .process(
                () -> new AggregateProcessor(surroundings, partitions),
                Named.as("accounts"),
                AggregateStores.POSITIONS,
                AggregateStores.SESSIONS,
                AggregateStores.TENANTS,
                AggregateStores.WINDOWS);
    accounts
        .split(Named.as("accounts-"))
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
            Branched.withConsumer(letters -> deadLetters("accounts", letters, topics), "letters"));
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
      String half, KStream<byte[], TopologyOutput> letters, TopicNames topics) {
    letters
        .mapValues(
            output -> ((TopologyOutput.Letter) output).value(), Named.as(half + "-letter-bytes"))
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
