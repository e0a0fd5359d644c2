package io.anyserve.runtime.streams;

import io.anyserve.runtime.kafka.KafkaClients;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.streams.StreamsConfig;

/**
 * The settings of one application of Kafka Streams, in layers: what every application has, its own
 * defaults, what the operator passes to Kafka, and what nobody may change. A later layer wins.
 *
 * @param applicationId names its group, its internal topics and its directory
 * @param stateDirectory holds what can be read back from Kafka
 * @param writeBufferBytes of each store on disk
 */
public record StreamsConfigs(
    KafkaClients kafka, String applicationId, Path stateDirectory, int writeBufferBytes) {

  /** After that long without a heartbeat the group gives the partitions of a member to others. */
  public static final Duration SESSION_TIMEOUT = Duration.ofSeconds(10);

  /** Milliseconds: the broker answers a fetch when a record comes, and otherwise after that. */
  private static final int LONGEST_FETCH = 2_000;

  /**
   * All layers in one map.
   *
   * @param defaults which the operator may change
   * @param fixed what the application's guarantees depend on
   */
  public Map<String, Object> with(Map<String, ?> defaults, Map<String, ?> fixed) {
    Map<String, Object> all = new HashMap<>();
    all.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 1);
    all.put(StreamsConfig.ENABLE_METRICS_PUSH_CONFIG, false);
    all.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, BoundedRocksDbConfig.class);
    all.put(BoundedRocksDbConfig.WRITE_BUFFER_BYTES, writeBufferBytes);
    all.put(
        StreamsConfig.mainConsumerPrefix(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG), LONGEST_FETCH);
    all.put(
        StreamsConfig.globalConsumerPrefix(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG), LONGEST_FETCH);
    all.putAll(defaults);
    all.putAll(kafka.settings());
    all.putAll(fixed);
    all.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId);
    all.put(StreamsConfig.STATE_DIR_CONFIG, stateDirectory.toString());
    return all;
  }

  /**
   * {@code HOST:PORT} at which other instances reach this one. A wildcard address means nothing to
   * them, so the machine's own address stands for it.
   */
  public static String applicationServer(InetSocketAddress address) {
    String host = address.getHostString();
    try {
      return address.getAddress() != null && address.getAddress().isAnyLocalAddress()
          ? InetAddress.getLocalHost().getHostAddress() + ":" + address.getPort()
          : host + ":" + address.getPort();
    } catch (UnknownHostException e) {
      return host + ":" + address.getPort();
    }
  }
}
