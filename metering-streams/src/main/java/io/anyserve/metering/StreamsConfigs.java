package io.anyserve.metering;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.LogAndContinueExceptionHandler;
import org.apache.kafka.streams.state.HostInfo;

/** How Kafka Streams is set up for metering. */
final class StreamsConfigs {

  /** After that long the group no longer knows an instance that is gone. */
  static final Duration FORGOTTEN = Duration.ofSeconds(12);

  private static final Duration SESSION = Duration.ofSeconds(10);
  private static final String INSTANCE_FILE = "instance-id";

  private StreamsConfigs() {}

  /** Creates the state directory when it is missing. */
  static Map<String, Object> of(MeteringConfig settings) throws IOException {
    Map<String, Object> all = new HashMap<>(large());
    all.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, settings.replication());
    all.put(
        StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG, settings.topics().deadLetters());
    all.putAll(settings.kafka().settings());
    all.put(StreamsConfig.APPLICATION_ID_CONFIG, settings.applicationId());
    HostInfo server = settings.server();
    all.put(StreamsConfig.APPLICATION_SERVER_CONFIG, server.host() + ":" + server.port());
    all.put(StreamsConfig.STATE_DIR_CONFIG, settings.stateDirectory().toString());
    all.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, instance(settings.stateDirectory()));
    all.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    return all;
  }

  /** Many small records: large polls, and fetches that wait a little for company. */
  private static Map<String, Object> large() {
    return Map.ofEntries(
        Map.entry(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 1),
        Map.entry(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 100),
        Map.entry(StreamsConfig.POLL_MS_CONFIG, 25),
        Map.entry(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, 10_000),
        Map.entry(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true),
        Map.entry(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, BoundedRocksDbConfig.class),
        Map.entry(
            StreamsConfig.DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG,
            LogAndContinueExceptionHandler.class),
        Map.entry(consumer(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), 5_000),
        Map.entry(consumer(ConsumerConfig.FETCH_MIN_BYTES_CONFIG), 64 << 10),
        Map.entry(consumer(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG), 50),
        Map.entry(consumer(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), (int) SESSION.toMillis()),
        Map.entry(producer(ProducerConfig.LINGER_MS_CONFIG), 5),
        Map.entry(producer(ProducerConfig.BATCH_SIZE_CONFIG), 64 << 10),
        Map.entry(producer(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG), 30_000),
        Map.entry(producer(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION), 1),
        Map.entry(producer(ProducerConfig.BUFFER_MEMORY_CONFIG), 16L << 20),
        Map.entry(StreamsConfig.ENABLE_METRICS_PUSH_CONFIG, false),
        Map.entry(consumer(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest"));
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
