package io.anyserve.metering;

import io.anyserve.runtime.streams.StreamsConfigs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.LogAndContinueExceptionHandler;
import org.apache.kafka.streams.state.HostInfo;

/** How Kafka Streams is set up for metering. */
final class MeteringStreamsConfig {

  /** Totals are small and few of them are in use. */
  private static final int WRITE_BUFFER_BYTES = 2 << 20;

  /** A ledger can be that late, and far fewer polls read it. */
  static final Duration GATHERING = Duration.ofMillis(50);

  private static final String INSTANCE_FILE = "instance-id";

  private MeteringStreamsConfig() {}

  /** Creates the state directory when it is missing. */
  static Map<String, Object> of(MeteringConfig settings) throws IOException {
    return new StreamsConfigs(
            settings.kafka(),
            settings.applicationId(),
            settings.stateDirectory(),
            WRITE_BUFFER_BYTES)
        .with(defaults(settings), fixed(settings));
  }

  /** Many small records: large polls, each of which may have gathered records for a moment. */
  private static Map<String, Object> defaults(MeteringConfig settings) {
    return Map.ofEntries(
        Map.entry(StreamsConfig.REPLICATION_FACTOR_CONFIG, settings.replication()),
        Map.entry(
            StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG,
            settings.topics().deadLetters()),
        Map.entry(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 1_000),
        Map.entry(StreamsConfig.TRANSACTIONAL_STATE_STORES_CONFIG, true),
        Map.entry(
            StreamsConfig.DEFAULT_INTERACTIVE_QUERY_ISOLATION_LEVEL_CONFIG,
            IsolationLevel.READ_COMMITTED.name()),
        Map.entry(StreamsConfig.POLL_MS_CONFIG, 50),
        Map.entry(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, 10_000),
        Map.entry(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true),
        Map.entry(
            StreamsConfig.DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG,
            LogAndContinueExceptionHandler.class),
        Map.entry(consumer(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), 5_000),
        Map.entry(
            consumer(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG),
            (int) StreamsConfigs.SESSION_TIMEOUT.toMillis()),
        Map.entry(producer(ProducerConfig.LINGER_MS_CONFIG), 5),
        Map.entry(producer(ProducerConfig.BATCH_SIZE_CONFIG), 64 << 10),
        Map.entry(producer(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG), 30_000),
        Map.entry(producer(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION), 1),
        Map.entry(producer(ProducerConfig.BUFFER_MEMORY_CONFIG), 16L << 20),
        Map.entry(consumer(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest"));
  }

  private static Map<String, Object> fixed(MeteringConfig settings) throws IOException {
    HostInfo server = settings.server();
    return Map.of(
        StreamsConfig.APPLICATION_SERVER_CONFIG,
        server.host() + ":" + server.port(),
        ConsumerConfig.GROUP_INSTANCE_ID_CONFIG,
        instance(settings.stateDirectory()),
        StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
        StreamsConfig.EXACTLY_ONCE_V2);
  }

  /**
   * An instance that comes back under its name takes its partitions over at once; a new name would
   * wait until the group has given up the old one.
   */
  static String instance(Path directory) throws IOException {
    Path file = Files.createDirectories(directory).resolve(INSTANCE_FILE);
    if (!Files.exists(file)) {
      Files.writeString(file, UUID.randomUUID().toString());
    }
    return Files.readString(file).strip();
  }

  private static String consumer(String name) {
    return StreamsConfig.mainConsumerPrefix(name);
  }

  private static String producer(String name) {
    return StreamsConfig.producerPrefix(name);
  }
}
