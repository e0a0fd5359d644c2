package io.anyserve.metering;

import io.anyserve.contracts.event.SessionUsage;
import io.anyserve.contracts.topic.Topics;
import io.anyserve.contracts.wire.UsageWire;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Branched;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;

/**
 * The topology of metering.
 *
 * <pre>
 * tokens --> fold --+--> lines --+--> usage
 *                   |            +--> by session --> (repartition) --> totals --+--> usage.sessions
 *                   |                                                           +--> changes
 *                   +--> letters --> dlq
 * </pre>
 *
 * Sessions are brought together behind the fold because {@code tokens} is cut by reply partition:
 * two requests of one session may lie in different ones.
 */
final class MeteringTopology {

  /** Totals under {@code tenant/session}. */
  static final String SESSIONS = "sessions";

  private static final Serde<byte[]> BYTES = Serdes.ByteArray();

  private MeteringTopology() {}

  /**
   * @param changes gets the totals of each session that changed, once for each commit
   */
  static Topology build(Surroundings surroundings, Consumer<SessionUsage> changes) {
    Topics topics = surroundings.settings().topics();
    StreamsBuilder builder = new StreamsBuilder();
    builder.addStateStore(
        Stores.keyValueStoreBuilder(
                Stores.inMemoryKeyValueStore(FoldProcessor.POSITIONS),
                Serdes.String(),
                Serdes.Long())
            .withLoggingEnabled(Map.of()));
    builder.stream(topics.tokens(), tokens())
        .process(() -> new FoldProcessor(surroundings), Named.as("fold"), FoldProcessor.POSITIONS)
        .split(Named.as("folded-"))
        .branch(
            (_, output) -> output instanceof Output.Line,
            Branched.withConsumer(lines -> ledger(lines, topics, changes), "lines"))
        .defaultBranch(Branched.withConsumer(letters -> deadLetters(letters, topics), "letters"));
    return builder.build();
  }

  /** Milliseconds since the epoch; a record without a time is as old as can be, not an error. */
  static long time(ConsumerRecord<?, ?> record) {
    return Math.max(0, record.timestamp());
  }

  private static Consumed<byte[], byte[]> tokens() {
    return Consumed.with(BYTES, BYTES)
        .withTimestampExtractor((record, _) -> time(record))
        .withName("tokens");
  }

  private static void ledger(
      KStream<byte[], Output> lines, Topics topics, Consumer<SessionUsage> changes) {
    lines
        .mapValues(
            output -> UsageWire.encode(((Output.Line) output).line()), Named.as("line-bytes"))
        .to(topics.usage(), Produced.with(BYTES, BYTES).withName("usage"));
    KStream<String, SessionUsage> totals =
        lines
            .process(SessionTotals.Keying::new, Named.as("by-session"))
            .groupByKey(Grouped.with("by-session", Serdes.String(), SessionTotals.SERDE))
            .reduce(SessionTotals::sum, Named.as("totals"), sessions())
            .toStream(Named.as("changed-totals"));
    totals.to(
        topics.sessionUsage(),
        Produced.with(Serdes.String(), SessionTotals.SERDE).withName("usage-sessions"));
    totals.foreach((_, usage) -> changes.accept(usage), Named.as("changes"));
  }

  private static Materialized<String, SessionUsage, KeyValueStore<Bytes, byte[]>> sessions() {
    return Materialized.<String, SessionUsage, KeyValueStore<Bytes, byte[]>>as(SESSIONS)
        .withKeySerde(Serdes.String())
        .withValueSerde(SessionTotals.SERDE)
        .withCachingEnabled();
  }

  private static void deadLetters(KStream<byte[], Output> letters, Topics topics) {
    letters
        .mapValues(output -> ((Output.Letter) output).value(), Named.as("letter-bytes"))
        .to(topics.deadLetters(), Produced.with(BYTES, Serdes.Bytes()).withName("dlq"));
  }
}
