package io.anyserve.router;

import io.anyserve.contracts.topic.Topics;
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

/** Wires the results. */
final class ResultsTopology {

  static final String STATES = "requests";
  static final String RESULTS_SINK = "to-results";
  static final String DEAD_LETTERS_SINK = "to-dead-letters";

  private static final String TOKENS_SOURCE = "from-tokens";
  private static final String CONCLUDE = "conclude";

  private ResultsTopology() {}

  /**
   * A request's events all lie in one partition, so each task knows all there is to know of its
   * requests.
   *
   * <pre>
   * tokens --> conclude (requests) --> results  one record for each asynchronous request
   *                               \--> dlq      malformed
   * </pre>
   */
  static Topology build(Topics topics, int maxRecordBytes, RouterMeters meters) {
    Deserializer<byte[]> read = new ByteArrayDeserializer();
    Serializer<byte[]> write = new ByteArraySerializer();
    Topology topology = new Topology();
    topology.addSource(
        AutoOffsetReset.earliest(), TOKENS_SOURCE, new LogTime(), read, read, topics.tokens());
    topology.addProcessor(
        CONCLUDE, () -> new ResultsProcessor(maxRecordBytes, meters), TOKENS_SOURCE);
    topology.addStateStore(states(), CONCLUDE);
    topology.addSink(RESULTS_SINK, topics.results(), write, write, CONCLUDE);
    topology.addSink(DEAD_LETTERS_SINK, topics.deadLetters(), write, write, CONCLUDE);
    return topology;
  }

  /** In memory: a restart reads it back from its change log, which is compacted. */
  private static StoreBuilder<KeyValueStore<Bytes, byte[]>> states() {
    return Stores.keyValueStoreBuilder(
            Stores.inMemoryKeyValueStore(STATES), Serdes.Bytes(), Serdes.ByteArray())
        .withCachingDisabled();
  }
}
