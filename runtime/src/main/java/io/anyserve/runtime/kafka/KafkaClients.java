package io.anyserve.runtime.kafka;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Kafka's own settings, passed through, and the clients made of them. Keys and values are bytes
 * everywhere; the package {@code wire} gives them meaning.
 *
 * @param settings at least {@code bootstrap.servers}
 */
public record KafkaClients(Map<String, String> settings) {

  /** Bytes of a value that readers let through; the largest of ours are snapshots of quotas. */
  public static final int LARGEST_VALUE = 64 << 20;

  /**
   * For a consumer that follows a topic in which little happens: the broker answers a fetch when a
   * record comes, and otherwise after two seconds.
   */
  public static final Map<String, String> LONG_FETCHES = Map.of("fetch.max.wait.ms", "2000");

  private static final String REQUEST_TIMEOUT = "request.timeout.ms";

  /**
   * A broker that is cut off does not answer and closes no connection. After this time a client
   * asks which broker took its place.
   */
  private static final String ANSWER_TIMEOUT_MS = "5000";

  public KafkaClients {
    settings = Map.copyOf(settings);
    if (!settings.containsKey("bootstrap.servers")) {
      throw new IllegalArgumentException(
          "kafka.bootstrap.servers: not set (expected: host:port,...)");
    }
  }

  public static KafkaClients of(String bootstrapServers) {
    return new KafkaClients(Map.of("bootstrap.servers", bootstrapServers));
  }

  /**
   * Every acknowledged record is in the log once and in order. Nothing is delayed to fill a batch
   * but what comes while a request is under way: it goes with the next one.
   */
  public KafkaProducer<byte[], byte[]> newProducer(String clientId, Map<String, ?> overrides) {
    Map<String, Object> all = new HashMap<>();
    all.put("acks", "all");
    all.put("enable.idempotence", "true");
    all.put("linger.ms", "0");
    all.put("max.in.flight.requests.per.connection", "1");
    all.put(REQUEST_TIMEOUT, ANSWER_TIMEOUT_MS);
    all.putAll(with(clientId, overrides));
    return new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /**
   * A consumer that assigns its partitions itself, commits nothing and outlives any record.
   *
   * @param isolation committed for whatever others produce: what they take back never was. Nothing
   *     else decides it, the settings included.
   */
  public KafkaConsumer<byte[], byte[]> newAssignedConsumer(
      String clientId, IsolationLevel isolation, Map<String, ?> overrides) {
    Map<String, Object> all = new HashMap<>();
    all.put("enable.auto.commit", "false");
    all.put("auto.offset.reset", "earliest");
    all.put(REQUEST_TIMEOUT, ANSWER_TIMEOUT_MS);
    all.putAll(with(clientId, overrides));
    all.put("isolation.level", isolation.toString());
    return new BoundedConsumer(all, LARGEST_VALUE);
  }

  /** A member of a share group that acknowledges record by record. */
  public KafkaShareConsumer<byte[], byte[]> newShareConsumer(
      String clientId, String group, Map<String, ?> overrides) {
    Map<String, Object> all = new HashMap<>();
    all.put("group.id", group);
    all.put("share.acknowledgement.mode", "explicit");
    all.put(REQUEST_TIMEOUT, ANSWER_TIMEOUT_MS);
    all.putAll(with(clientId, overrides));
    return new KafkaShareConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  public Admin newAdmin(String clientId) {
    return Admin.create(with(clientId, Map.of()));
  }

  private Map<String, Object> with(String clientId, Map<String, ?> overrides) {
    Map<String, Object> all = new HashMap<>(settings);
    all.put("client.id", clientId);
    all.putAll(overrides);
    return all;
  }
}
