package io.anyserve.router;

import static io.anyserve.runtime.streams.StreamsConfigs.applicationServer;
import static org.apache.kafka.streams.StreamsConfig.consumerPrefix;
import static org.apache.kafka.streams.StreamsConfig.mainConsumerPrefix;
import static org.apache.kafka.streams.StreamsConfig.producerPrefix;

import io.anyserve.router.streams.UndeliverableRequestHandler;
import io.anyserve.runtime.streams.StreamsConfigs;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.streams.StreamsConfig;

/** The settings of Kafka Streams for the intake, the results and the conversations. */
record RouterStreamsConfig(RouterConfig settings) {

  /** Of the results' consumer, after a poll that returned few records. */
  static final Duration GATHERING = Duration.ofMillis(50);

  private static final int WRITE_BUFFER_BYTES = 4 << 20;

  /** A record ends a poll; between two polls there is only the commit, once a second. */
  private static final int INTAKE_POLL_MILLIS = 300;

  /** How long a request for a topic that is gone holds up those behind it. */
  private static final int MAX_BLOCK_MILLIS = 5_000;

  /** Records of aborted transactions are never read, not even to restore a store. */
  private static final String COMMITTED = IsolationLevel.READ_COMMITTED.toString();

  /**
   * The intake lies on the way to a worker: nothing waits for a transaction, as what is written
   * twice after a crash is fenced.
   */
  Map<String, Object> intake() {
    return with(
        "router-intake",
        Map.of(StreamsConfig.POLL_MS_CONFIG, INTAKE_POLL_MILLIS),
        Map.of(
            producerPrefix(ProducerConfig.MAX_BLOCK_MS_CONFIG),
            MAX_BLOCK_MILLIS,
            StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
            StreamsConfig.AT_LEAST_ONCE,
            StreamsConfig.COMMIT_INTERVAL_MS_CONFIG,
            1_000,
            StreamsConfig.PRODUCTION_EXCEPTION_HANDLER_CLASS_CONFIG,
            UndeliverableRequestHandler.class,
            UndeliverableRequestHandler.PREFIX,
            settings.topics().prefix()));
  }

  /**
   * Results are read committed, once each: a reader waits at most while records gather and for the
   * commit that each result asks for. Everything else is about few wake-ups, as nearly all records
   * are only glanced at.
   *
   * @param address where this router can be asked
   */
  Map<String, Object> results(InetSocketAddress address) {
    return with(
        "router-results",
        Map.of(
            StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG,
            10_000,
            mainConsumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG),
            5_000,
            producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG),
            30_000),
        Map.of(
            StreamsConfig.APPLICATION_SERVER_CONFIG,
            applicationServer(address),
            StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
            StreamsConfig.EXACTLY_ONCE_V2,
            StreamsConfig.COMMIT_INTERVAL_MS_CONFIG,
            1_000));
  }

  /**
   * An edit waits until the store has it, so nothing gathers. To apply a record again changes
   * nothing: a store that outlived a crash is used on. Another router keeps a copy, as the store
   * may be large.
   *
   * @param address where this router can be asked
   */
  Map<String, Object> conversations(InetSocketAddress address) {
    return with(
        "router-conversations",
        Map.of(
            StreamsConfig.POLL_MS_CONFIG,
            INTAKE_POLL_MILLIS,
            StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG,
            1),
        Map.of(
            StreamsConfig.APPLICATION_SERVER_CONFIG,
            applicationServer(address),
            StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
            StreamsConfig.AT_LEAST_ONCE,
            StreamsConfig.COMMIT_INTERVAL_MS_CONFIG,
            10_000));
  }

  private Map<String, Object> with(
      String application, Map<String, Object> defaults, Map<String, Object> fixed) {
    String id = settings.topics().prefix() + application;
    Map<String, Object> allDefaults = new HashMap<>(defaults());
    allDefaults.putAll(defaults);
    Map<String, Object> allFixed = new HashMap<>(fixed);
    allFixed.putAll(identity(id));
    return new StreamsConfigs(settings.kafka(), id, settings.stateDirectory(), WRITE_BUFFER_BYTES)
        .with(allDefaults, allFixed);
  }

  private static Map<String, Object> defaults() {
    return Map.of(
        StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG,
        0,
        producerPrefix(ProducerConfig.LINGER_MS_CONFIG),
        0,
        producerPrefix(ProducerConfig.BUFFER_MEMORY_CONFIG),
        8 << 20,
        consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG),
        (int) StreamsConfigs.SESSION_TIMEOUT.toMillis(),
        consumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG),
        3_000);
  }

  /** Settings that an operator may not override. */
  private Map<String, Object> identity(String id) {
    return Map.of(
        StreamsConfig.CLIENT_ID_CONFIG,
        id,
        StreamsConfig.REPLICATION_FACTOR_CONFIG,
        settings.replication(),
        StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG,
        settings.topics().deadLetters(),
        consumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG),
        settings.instance(),
        consumerPrefix(ConsumerConfig.ISOLATION_LEVEL_CONFIG),
        COMMITTED);
  }
}
