package io.anyserve.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.runtime.kafka.KafkaClients;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.LogAndFailProcessingExceptionHandler;
import org.junit.jupiter.api.Test;

final class RouterConfigTest {

  private static final KafkaClients KAFKA =
      new KafkaClients(
          Map.of("bootstrap.servers", "localhost:9", "security.protocol", "SSL", "poll.ms", "7"));

  @Test
  void mistakesAreNamed() {
    assertMistake("instance: a b (expected: [A-Za-z0-9][A-Za-z0-9._-]{0,127})", "a b", 1, 1);
    assertMistake("replication: 0 (expected: >= 1)", "a", 0, 1);
    assertMistake(
        "asynchronous deadline: PT0S (expected: more than nothing, at most PT168H)", "a", 1, 0);
  }

  @Test
  void kafkaSettingsPassThroughButNotTheIdentity() {
    var tuning =
        new RouterStreamsConfig(
            RouterConfig.standalone(KAFKA, new TopicNames("p."), Path.of("state")));
    var intake = new StreamsConfig(tuning.intake());
    assertEquals("p.router-intake", intake.getString(StreamsConfig.APPLICATION_ID_CONFIG));
    assertEquals("SSL", intake.getString("security.protocol"));
    assertEquals(7, intake.getLong(StreamsConfig.POLL_MS_CONFIG));
    assertEquals("p.dlq", intake.getString("errors.dead.letter.queue.topic.name"));
    var results =
        new StreamsConfig(tuning.results(InetSocketAddress.createUnresolved("router-1", 7420)));
    assertEquals("p.router-results", results.getString(StreamsConfig.APPLICATION_ID_CONFIG));
    assertEquals(
        StreamsConfig.EXACTLY_ONCE_V2,
        results.getString(StreamsConfig.PROCESSING_GUARANTEE_CONFIG));
    assertEquals("router-1:7420", results.getString(StreamsConfig.APPLICATION_SERVER_CONFIG));
  }

  /** After a crash, Kafka Streams would discard the store of an application that runs once. */
  @Test
  void theStoreOfConversationsOutlivesACrash() {
    var tuning =
        new RouterStreamsConfig(
            RouterConfig.standalone(KAFKA, new TopicNames("p."), Path.of("state")));
    var conversations =
        new StreamsConfig(
            tuning.conversations(InetSocketAddress.createUnresolved("router-1", 7420)));
    assertEquals(
        "p.router-conversations", conversations.getString(StreamsConfig.APPLICATION_ID_CONFIG));
    assertEquals(
        StreamsConfig.AT_LEAST_ONCE,
        conversations.getString(StreamsConfig.PROCESSING_GUARANTEE_CONFIG));
    assertEquals("router-1:7420", conversations.getString(StreamsConfig.APPLICATION_SERVER_CONFIG));
    assertEquals(1, conversations.getInt(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG));
  }

  /** A handler that goes on would forget a send that failed, and bury an innocent record. */
  @Test
  void whatKafkaThrowsEndsTheThread() {
    var tuning =
        new RouterStreamsConfig(
            RouterConfig.standalone(KAFKA, new TopicNames("p."), Path.of("state")));
    var address = InetSocketAddress.createUnresolved("router-1", 7420);
    for (var config :
        List.of(tuning.intake(), tuning.results(address), tuning.conversations(address))) {
      assertInstanceOf(
          LogAndFailProcessingExceptionHandler.class,
          new StreamsConfig(config).processingExceptionHandler());
    }
  }

  private static void assertMistake(
      String message, String instance, int replication, long deadlineSeconds) {
    Duration deadline = Duration.ofSeconds(deadlineSeconds);
    var mistake =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                new RouterConfig(
                    KAFKA,
                    new TopicNames(""),
                    instance,
                    Path.of("state"),
                    replication,
                    deadline,
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
    assertEquals(message, mistake.getMessage());
  }
}
