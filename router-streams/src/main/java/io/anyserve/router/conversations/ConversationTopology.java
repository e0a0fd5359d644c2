package io.anyserve.router.conversations;

import io.anyserve.router.streams.NonNegativeTimestampExtractor;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/** The topology of the conversations application. */
public final class ConversationTopology {

  static final String STORE = "conversations";

  private ConversationTopology() {}

  /**
   * The store on disk is the topic as a table, byte by byte: the topic is its change log, from
   * which Kafka Streams restores it without the processor. Beside it lies the index by which
   * conversations are listed, which the processor derives.
   *
   * <pre>
   * conversations --> update-conversations (conversations)
   * </pre>
   *
   * @param applied learns what the store holds
   */
  public static Topology build(String topic, AppliedOffsets applied) {
    return new Topology()
        .addReadOnlyStateStore(
            store(),
            "from-conversations",
            new NonNegativeTimestampExtractor(),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer(),
            topic,
            "update-conversations",
            () -> new ConversationUpdater(applied));
  }

  private static StoreBuilder<KeyValueStore<Bytes, byte[]>> store() {
    return Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(STORE), Serdes.Bytes(), Serdes.ByteArray())
        .withCachingDisabled();
  }
}
