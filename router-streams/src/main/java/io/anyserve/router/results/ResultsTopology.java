package io.anyserve.router.results;

import io.anyserve.contracts.codec.WorkerCodec;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.router.routing.WorkerLiveness;
import io.anyserve.router.streams.GlobalStoreUpdater;
import io.anyserve.router.streams.InMemoryGlobalStore;
import io.anyserve.router.streams.NonNegativeTimestampExtractor;
import io.anyserve.router.streams.TopicRecord;
import java.time.InstantSource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/** The topology of the results application. */
public final class ResultsTopology {

  static final String STATES = "requests";
  public static final String POSITIONS = "positions";
  static final String WORKERS = "workers";
  public static final String LEDGER = "ledger";
  static final String RESULTS_SINK = "to-results";
  static final String DEAD_LETTERS_SINK = "to-dead-letters";

  private static final String TOKENS_SOURCE = "from-tokens";
  private static final String USAGE_SOURCE = "from-usage";
  private static final String CONCLUDE = "conclude";
  private static final String INDEX = "index";

  private ResultsTopology() {}

  /**
   * All events of a request lie in one partition, so each task sees everything about its requests.
   *
   * <pre>
   * workers --> read-workers --> (workers)
   *
   * tokens --> conclude (requests, positions, workers)
   *                 \--> results                 one record for each asynchronous request
   *                 \--> dlq                     malformed
   * usage  --> index (ledger)
   * </pre>
   */
  public static Topology build(RouterDependencies dependencies) {
    TopicNames topics = dependencies.topics();
    Deserializer<byte[]> read = new ByteArrayDeserializer();
    Topology topology = new Topology();
    addWorkers(topology, dependencies);
    topology.addSource(
        AutoOffsetReset.earliest(),
        TOKENS_SOURCE,
        new NonNegativeTimestampExtractor(),
        read,
        read,
        topics.tokens());
    topology.addProcessor(CONCLUDE, () -> new ResultsProcessor(dependencies), TOKENS_SOURCE);
    topology.addStateStore(states(), CONCLUDE);
    topology.addStateStore(positions(), CONCLUDE);
    addSinks(topology, topics);
    topology.addSource(
        AutoOffsetReset.latest(),
        USAGE_SOURCE,
        new NonNegativeTimestampExtractor(),
        read,
        read,
        topics.usage());
    topology.addProcessor(
        INDEX, () -> new LedgerProcessor(topics.usage(), dependencies.past()), USAGE_SOURCE);
    topology.addStateStore(ledger(), INDEX);
    return topology;
  }

  private static void addWorkers(Topology topology, RouterDependencies dependencies) {
    Deserializer<byte[]> read = new ByteArrayDeserializer();
    String topic = dependencies.topics().workers();
    InstantSource clock = dependencies.clock();
    topology.addGlobalStore(
        InMemoryGlobalStore.<WorkerLiveness>builder(WORKERS),
        "from-workers",
        new NonNegativeTimestampExtractor(),
        read,
        read,
        topic,
        "read-workers",
        () ->
            new GlobalStoreUpdater<WorkerLiveness>(
                topic,
                WORKERS,
                (before, value, at) ->
                    WorkerLiveness.of(
                        before, WorkerCodec.decodeHeartbeat(value), at, clock.millis()),
                dependencies.meters()));
  }

  private static void addSinks(Topology topology, TopicNames topics) {
    Serializer<byte[]> key = new ByteArraySerializer();
    Serializer<TopicRecord> value = (topic, emitted) -> emitted.bytes();
    topology.addSink(RESULTS_SINK, topics.results(), key, value, CONCLUDE);
    topology.addSink(DEAD_LETTERS_SINK, topics.deadLetters(), key, value, CONCLUDE);
  }

  /** In memory: a restart reads it back from its change log, which is compacted. */
  private static StoreBuilder<KeyValueStore<Bytes, byte[]>> states() {
    return Stores.keyValueStoreBuilder(
            Stores.inMemoryKeyValueStore(STATES), Serdes.Bytes(), Serdes.ByteArray())
        .withCachingDisabled();
  }

  private static StoreBuilder<KeyValueStore<String, Long>> positions() {
    return Stores.keyValueStoreBuilder(
            Stores.inMemoryKeyValueStore(POSITIONS), Serdes.String(), Serdes.Long())
        .withCachingDisabled();
  }

  /** On disk, a few bytes for each request; its topic is its change log. */
  private static StoreBuilder<KeyValueStore<Bytes, byte[]>> ledger() {
    return Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(LEDGER), Serdes.Bytes(), Serdes.ByteArray())
        .withCachingDisabled()
        .withLoggingDisabled();
  }
}
