package io.anyserve.router;

import static io.anyserve.router.Samples.ingressId;
import static io.anyserve.router.Samples.interactive;
import static io.anyserve.router.Samples.worker;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.codec.RequestCodec;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.embedded.EmbeddedBroker;
import io.anyserve.runtime.Health;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.runtime.streams.TopicPreflight;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The router while the broker or its topics are not there. */
@Timeout(180)
@SuppressWarnings("NullAway.Init") // set before each test
final class RouterOutageIT {

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir private Path directory;
  private final TopicNames topics = TopicNames.withDefaultPrefix();
  private EmbeddedBroker broker;
  private RouterTestLog log;
  private Router router;

  @BeforeEach
  void start() throws Exception {
    broker = EmbeddedBroker.start(directory.resolve("broker"), 0);
    log = new RouterTestLog(broker.bootstrapServers(), topics);
    var settings =
        RouterConfig.standalone(
            KafkaClients.of(broker.bootstrapServers()), topics, directory.resolve("router"));
    router = new Router(settings, InstantSource.system(), new SimpleMeterRegistry());
  }

  @AfterEach
  void stop() {
    router.close();
    log.close();
    broker.close();
  }

  @Test
  void aBrokerThatComesBackIsUsedAgain() throws Exception {
    log.create("story");
    startRouter();
    assertRoutes();
    int port = broker.port();
    broker.close();
    broker = EmbeddedBroker.start(directory.resolve("broker"), port);
    assertRoutes();
  }

  @Test
  void tablesThatAreCreatedAnewAreReadAgain() throws Exception {
    log.create("story");
    startRouter();
    assertRoutes();
    log.delete(topics.workers());
    log.create("story");
    assertRoutes();
  }

  @Test
  void missingTopicsAreNamed() {
    var required = new TopicPreflight(Router.requiredTopics(topics), System::nanoTime);
    KafkaClients kafka = KafkaClients.of(broker.bootstrapServers());
    var missing =
        assertThrows(
            IllegalStateException.class,
            () -> required.await(kafka, "test", Duration.ofMillis(1), new CountDownLatch(1)));
    assertEquals(
        "topics missing: anyserve.capabilities, anyserve.conversations, anyserve.dlq,"
            + " anyserve.intake,"
            + " anyserve.results, anyserve.tokens, anyserve.usage, anyserve.workers"
            + " (expected: created before, and this user may describe them)",
        missing.getMessage());
  }

  @Test
  void aBrokerThatDoesNotAnswerIsSaidToBeSo() {
    var required = new TopicPreflight(Router.requiredTopics(topics), System::nanoTime);
    KafkaClients kafka = KafkaClients.of("127.0.0.1:9");
    var silent =
        assertThrows(
            IllegalStateException.class,
            () -> required.await(kafka, "test", Duration.ofMillis(1), new CountDownLatch(1)));
    assertTrue(silent.toString().contains(": broker does not answer: "), silent.toString());
  }

  @Test
  void closingEndsTheWaitForTopics() {
    var starting = CompletableFuture.runAsync(this::startUnchecked);
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> router.health().equals(new Health.Down("router", "waits for its topics")));
    router.close();
    var ended = assertThrows(CompletionException.class, starting::join);
    assertTrue(String.valueOf(ended.getMessage()).contains("topics missing"), ended.toString());
  }

  private void startRouter() throws Exception {
    router.start();
    Awaitility.await().atMost(PATIENCE).until(() -> router.health().equals(Health.UP));
  }

  private void startUnchecked() {
    try {
      router.start();
    } catch (Exception e) {
      throw new CompletionException(e);
    }
  }

  /** A worker announces itself and a request finds it, sooner or later. */
  private void assertRoutes() {
    String topic = log.requests("story");
    Awaitility.await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(
            () -> {
              int before = log.all(topic).size();
              log.announce(worker("w1", InstantSource.system().instant(), "story"));
              var request = interactive(ingressId(1), "story", 0);
              log.append(topics.intake(), request.id().bytes(), RequestCodec.encode(request));
              return log.all(topic).size() > before;
            });
    assertEquals(List.of(), log.all(topics.deadLetters()));
  }
}
