package io.anyserve.router.intake;

import io.anyserve.contracts.codec.WorkerCodec;
import io.anyserve.contracts.event.CapabilityRoute;
import io.anyserve.contracts.event.WorkerHeartbeat;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.router.intake.IntakeOutput.DeadLetterValue;
import io.anyserve.router.intake.IntakeOutput.DirectResult;
import io.anyserve.router.intake.IntakeOutput.Moved;
import io.anyserve.router.streams.GlobalStoreUpdater;
import io.anyserve.router.streams.InMemoryGlobalStore;
import io.anyserve.router.streams.NonNegativeTimestampExtractor;
import io.anyserve.router.streams.RouterMetrics;
import io.anyserve.runtime.streams.ValuePartitioner;
import java.time.InstantSource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.WindowStore;

/** The topology of the intake. */
public final class IntakeTopology {

  static final String WORKERS = "workers";
  static final String CAPABILITIES = "capabilities";
  static final String SUBMISSIONS = "submissions";
  static final String REQUESTS_SINK = "to-requests";
  static final String TOKENS_SINK = "to-tokens";
  static final String DEAD_LETTERS_SINK = "to-dead-letters";
  static final String HOME_SINK = "to-home";
  static final String RESULTS_SINK = "to-results";

  private static final String INTAKE_SOURCE = "from-intake";
  private static final String ROUTE = "route";

  private IntakeTopology() {}

  /**
   * Everything travels as bytes and is decoded inside, so that nothing malformed ends a thread.
   *
   * <pre>
   * workers      --> read-workers      --> (workers)
   * capabilities --> read-capabilities --> (capabilities)
   *
   * intake --> route (workers, capabilities, submissions)
   *                \--> requests.&lt;capability&gt;[.batch]   sent on
   *                \--> tokens, the request's partition  refused, or a duplicate
   *                \--> intake, the id's partition       its submissions meet there
   *                \--> results                          the id is another submission's
   *                \--> dlq                              malformed
   * </pre>
   */
  public static Topology build(
      TopicNames topics, IntakeRules rules, InstantSource clock, RouterMetrics meters) {
    Deserializer<byte[]> read = new ByteArrayDeserializer();
    Topology topology = new Topology();
    addTables(topology, topics, meters);
    topology.addSource(
        AutoOffsetReset.earliest(),
        INTAKE_SOURCE,
        new NonNegativeTimestampExtractor(),
        read,
        read,
        topics.intake());
    topology.addProcessor(ROUTE, () -> new IntakeProcessor(rules, clock, meters), INTAKE_SOURCE);
    topology.addStateStore(submissions(), ROUTE);
    addSinks(topology, topics);
    return topology;
  }

  /** On disk, with a change log: entries of idempotency keys, and of ids that submitters chose. */
  private static StoreBuilder<WindowStore<Bytes, byte[]>> submissions() {
    return Stores.windowStoreBuilder(
            Stores.persistentWindowStore(
                SUBMISSIONS, IdempotencyStore.KEPT, IdempotencyStore.KEPT, false),
            Serdes.Bytes(),
            Serdes.ByteArray())
        .withCachingDisabled();
  }

  private static void addTables(Topology topology, TopicNames topics, RouterMetrics meters) {
    Deserializer<byte[]> read = new ByteArrayDeserializer();
    topology.addGlobalStore(
        InMemoryGlobalStore.<WorkerHeartbeat>builder(WORKERS),
        "from-workers",
        new NonNegativeTimestampExtractor(),
        read,
        read,
        topics.workers(),
        "read-workers",
        () ->
            new GlobalStoreUpdater<>(
                topics.workers(),
                WORKERS,
                (_, value, _) -> WorkerCodec.decodeHeartbeat(value),
                meters));
    topology.addGlobalStore(
        InMemoryGlobalStore.<CapabilityRoute>builder(CAPABILITIES),
        "from-capabilities",
        new NonNegativeTimestampExtractor(),
        read,
        read,
        topics.capabilities(),
        "read-capabilities",
        () ->
            new GlobalStoreUpdater<>(
                topics.capabilities(),
                CAPABILITIES,
                (_, value, _) -> WorkerCodec.decodeRoute(value),
                meters));
  }

  private static void addSinks(Topology topology, TopicNames topics) {
    Serializer<byte[]> key = new ByteArraySerializer();
    topology.<byte[], IntakeOutput.Routed>addSink(
        REQUESTS_SINK,
        (session, work, context) ->
            topics.requests(work.capability(), work.request().routing().priority()),
        key,
        (topic, work) -> work.bytes(),
        ROUTE);
    topology.<byte[], IntakeOutput.Rejection>addSink(
        TOKENS_SINK,
        topics.tokens(),
        key,
        (topic, answer) -> answer.bytes(),
        new ValuePartitioner<>((answer, _) -> answer.partition()),
        ROUTE);
    topology.<byte[], Moved>addSink(
        HOME_SINK,
        topics.intake(),
        key,
        (topic, moved) -> moved.bytes(),
        new ValuePartitioner<>((moved, _) -> moved.partition()),
        ROUTE);
    topology.<byte[], DirectResult>addSink(
        RESULTS_SINK, topics.results(), key, (topic, result) -> result.bytes(), ROUTE);
    topology.<byte[], DeadLetterValue>addSink(
        DEAD_LETTERS_SINK, topics.deadLetters(), key, (topic, dead) -> dead.bytes(), ROUTE);
  }
}
