package io.anyserve.runtime.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.anyserve.runtime.kafka.KafkaClients;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.Test;
import org.rocksdb.Options;

final class StreamsConfigsTest {

  private static final KafkaClients KAFKA =
      new KafkaClients(
          Map.of(
              "bootstrap.servers", "broker:1",
              "poll.ms", "7",
              "processing.guarantee", "at_least_once",
              "application.id", "somebody"));

  private final Map<String, Object> all =
      new StreamsConfigs(KAFKA, "app", Path.of("state"), 1 << 20)
          .with(
              Map.of(StreamsConfig.POLL_MS_CONFIG, 5, StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 9),
              Map.of(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2));

  @Test
  void theOperatorWinsOverDefaultsAndNotOverWhatIsFixed() {
    var config = new StreamsConfig(all);
    assertEquals(7, config.getLong(StreamsConfig.POLL_MS_CONFIG));
    assertEquals(9, config.getLong(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG));
    assertEquals(
        StreamsConfig.EXACTLY_ONCE_V2, config.getString(StreamsConfig.PROCESSING_GUARANTEE_CONFIG));
    assertEquals("app", config.getString(StreamsConfig.APPLICATION_ID_CONFIG));
    assertEquals("state", config.getString(StreamsConfig.STATE_DIR_CONFIG));
  }

  /** Two seconds for those that follow a topic, and Kafka's own for those that restore a store. */
  @Test
  void fetchesOfQuietTopicsWaitLong() {
    var config = new StreamsConfig(all);
    String wait = ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG;
    assertEquals(2_000, config.getMainConsumerConfigs("g", "c", 0).get(wait));
    assertEquals(2_000, config.getGlobalConsumerConfigs("c").get(wait));
    assertFalse(config.getRestoreConsumerConfigs("c").containsKey(wait));
  }

  @Test
  void storesHaveTheWriteBufferOfTheirApplication() {
    try (Options options = new Options()) {
      new BoundedRocksDbConfig().setConfig("store", options, all);
      assertEquals(1 << 20, options.writeBufferSize());
    }
  }
}
