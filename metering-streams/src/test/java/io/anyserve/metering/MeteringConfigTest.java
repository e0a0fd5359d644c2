package io.anyserve.metering;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.runtime.kafka.KafkaClients;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.state.HostInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MeteringConfigTest {

  private static final TopicNames TOPICS = new TopicNames("test.");

  @TempDir Path directory;

  @Test
  void mistakesAreNamed() {
    assertEquals("replication: 0 (expected: >= 1)", refusal(0, 1, Duration.ofHours(1)));
    assertEquals("rememberedRequests: 0 (expected: >= 1)", refusal(1, 0, Duration.ofHours(1)));
    assertEquals("retention: PT0S (expected: > PT0S)", refusal(1, 1, Duration.ZERO));
  }

  @Test
  void anInstanceKeepsItsName() throws Exception {
    Path state = directory.resolve("not/there/yet");
    String name = MeteringStreamsConfig.instance(state);
    assertEquals(name, MeteringStreamsConfig.instance(state));
  }

  @Test
  void kafkaSettingsPassThroughButNotWhatMakesTheLedgerExact() throws Exception {
    var kafka =
        new KafkaClients(
            Map.of(
                "bootstrap.servers", "broker:1",
                "security.protocol", "SSL",
                "processing.guarantee", "at_least_once",
                "application.id", "somebody"));
    var config =
        new StreamsConfig(MeteringStreamsConfig.of(MeteringConfig.of(kafka, TOPICS, directory, 3)));

    assertEquals("SSL", config.getString(StreamsConfig.SECURITY_PROTOCOL_CONFIG));
    assertEquals("test.metering", config.getString(StreamsConfig.APPLICATION_ID_CONFIG));
    assertEquals(3, config.getInt(StreamsConfig.REPLICATION_FACTOR_CONFIG));
    assertEquals(
        StreamsConfig.EXACTLY_ONCE_V2, config.getString(StreamsConfig.PROCESSING_GUARANTEE_CONFIG));
  }

  private String refusal(int replication, int remembered, Duration retention) {
    var refused =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                new MeteringConfig(
                    KafkaClients.of("broker:1"),
                    TOPICS,
                    directory,
                    replication,
                    remembered,
                    retention,
                    new HostInfo("127.0.0.1", 1)));
    return String.valueOf(refused.getMessage());
  }
}
