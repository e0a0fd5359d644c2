package io.anyserve.router;

import static io.anyserve.router.Samples.alias;
import static io.anyserve.router.Samples.asynchronous;
import static io.anyserve.router.Samples.finished;
import static io.anyserve.router.Samples.id;
import static io.anyserve.router.Samples.ingressId;
import static io.anyserve.router.Samples.interactive;
import static io.anyserve.router.Samples.started;
import static io.anyserve.router.Samples.worker;
import static io.anyserve.router.intake.IntakeRun.bytes;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.codec.RequestCodec;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.codec.UsageCodec;
import io.anyserve.contracts.event.RequestResult;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.contracts.topic.DeadLetter;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.embedded.EmbeddedBroker;
import io.anyserve.router.routing.StoreBackedDirectory;
import io.anyserve.runtime.Health;
import io.anyserve.runtime.kafka.KafkaClients;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The router against a real broker; each test has topics of its own. */
@Timeout(300)
@SuppressWarnings("NullAway.Init") // set before each test
final class RouterIT {

  private static final AtomicInteger TESTS = new AtomicInteger();

  @TempDir private static Path brokerDirectory;
  private static EmbeddedBroker broker;

  @TempDir private Path stateDirectory;
  private final TopicNames topics = new TopicNames("t" + TESTS.incrementAndGet() + ".");
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final AtomicReference<@Nullable StackOverflowError> failure = new AtomicReference<>();
  private RouterTestLog log;
  private Router router;

  @BeforeAll
  static void startBroker() throws Exception {
    broker = EmbeddedBroker.start(brokerDirectory, 0);
    Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
    Awaitility.setDefaultPollInterval(Duration.ofMillis(50));
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @BeforeEach
  void start() throws Exception {
    log = new RouterTestLog(broker.bootstrapServers(), topics);
    log.create("story");
    announce("story", "narrow", "gone");
    router = startRouter();
  }

  @AfterEach
  void stop() {
    router.close();
    log.close();
  }

  @Test
  void aPlainProducerSubmitsJson() {
    log.append(topics.intake(), null, bytes("{\"capability\":\"story\",\"prompt\":\"Once\"}"));
    InferenceRequest request = RequestCodec.decode(log.await("story.batch", 1).getFirst().value());
    assertEquals(new Payload.Text("Once"), request.input());
    assertTrue(request.context().asynchronous());
    assertEquals(1, log.all(log.requests("story.batch")).size());
  }

  @Test
  void onlyCommittedSubmissionsRun() {
    try (var aborted = log.begin("aborted", topics.intake(), json("story", "aborted"))) {
      aborted.abortTransaction();
    }
    try (var committed = log.begin("committed", topics.intake(), json("story", "committed"))) {
      committed.commitTransaction();
    }
    var routed = log.await("story.batch", 1);
    assertEquals(
        List.of(new Payload.Text("committed")),
        routed.stream().map(record -> RequestCodec.decode(record.value()).input()).toList());
  }

  @Test
  void anOpenTransactionRunsOnlyOnceItCommits() {
    try (var open = log.begin("open", topics.intake(), json("story", "open"))) {
      Awaitility.await()
          .during(Duration.ofSeconds(2))
          .until(() -> log.all(log.requests("story.batch")).isEmpty());
      open.commitTransaction();
    }
    log.await("story.batch", 1);
  }

  @Test
  void refusalsLieInThePartitionThatTheRequestNames() {
    submit(interactive(ingressId(1), "unknown", 0));
    submit(interactive(ingressId(2), "unknown", 1));
    var events = log.awaitAll(topics.tokens(), 2);
    for (var event : events) {
      TokenRecord token = TokenCodec.decode(event.key(), event.value());
      assertEquals(token.request().equals(ingressId(1)) ? 0 : 1, event.partition());
      assertEquals(FailureCode.UNKNOWN_CAPABILITY, failure(token).code());
    }
  }

  @Test
  void aRecordAtWhichTheIntakeFailsIsBuriedAndTheThreadGoesOn() {
    submit(asynchronous(id(1), "story"));
    log.await("story.batch", 1);
    failure.set(new StackOverflowError("broken"));
    submit(asynchronous(id(2), "story"));
    submit(asynchronous(id(3), "story"));
    List<InferenceRequest> routed =
        log.await("story.batch", 2).stream()
            .map(record -> RequestCodec.decode(record.value()))
            .toList();
    assertEquals(List.of(id(1), id(3)), routed.stream().map(InferenceRequest::id).toList());
    var letter = log.awaitAll(topics.deadLetters(), 1).getFirst();
    assertArrayEquals(
        bytes(StackOverflowError.class.getName()),
        letter.headers().lastHeader(DeadLetter.EXCEPTION).value());
    var told = UsageCodec.decodeResult(log.awaitAll(topics.results(), 1).getFirst().value());
    assertEquals(id(2), told.request());
    assertEquals(FailureCode.INTERNAL, ((Failed) told.outcome()).failure().code());
    assertEquals(Health.UP, router.health());
    assertEquals(3, registry.get("anyserve.router.read").counter().count());
  }

  @Test
  void anAsynchronousRefusalBecomesAResult() {
    submit(asynchronous(id(1), "unknown"));
    RequestResult result =
        UsageCodec.decodeResult(log.awaitAll(topics.results(), 1).getFirst().value());
    assertEquals(id(1), result.request());
    assertInstanceOf(Failed.class, result.outcome());
  }

  @Test
  void workersExpireAndComeBack() {
    log.table(alias("tale", "story"));
    submitUntilRouted(interactive(ingressId(1), "tale", 0));
    now.updateAndGet(time -> time.plus(StoreBackedDirectory.OUTAGE));
    submit(interactive(ingressId(2), "tale", 0));
    var refused = log.awaitAll(topics.tokens(), 1).getLast();
    TokenRecord token = TokenCodec.decode(refused.key(), refused.value());
    assertEquals(FailureCode.NO_WORKER, failure(token).code());
    announce("story");
    submitUntilRouted(interactive(ingressId(3), "tale", 0));
  }

  @Test
  void garbageEverywhereLeavesItRunning() {
    for (String topic : List.of(topics.intake(), topics.tokens())) {
      log.append(topic, null, null);
      log.append(topic, null, new byte[0]);
    }
    for (String topic :
        List.of(topics.intake(), topics.tokens(), topics.workers(), topics.capabilities())) {
      log.append(topic, new byte[0], bytes("garbage"));
      log.append(topic, id(9).bytes(), new byte[] {0x1a, 0x7f, 0});
      log.append(topic, bytes("name"), bytes("{\"capability\""));
      log.append(topic, bytes("name"), new byte[0]);
      log.append(topic, bytes("null"), null);
    }
    submitUntilRouted(interactive(ingressId(1), "story", 0));
    log.append(started(id(2), 1, 1, "w1", true));
    log.append(finished(id(2), 1, 1, "a"));
    log.awaitAll(topics.results(), 2);
    assertEquals(Health.UP, router.health());
    assertEquals(14, log.awaitAll(topics.deadLetters(), 14).size());
  }

  @Test
  void aRestartKeepsWhatRunsAndWhatEnded() throws Exception {
    log.append(started(id(1), 1, 11, "w1", true));
    log.append(started(id(2), 1, 21, "w1", true), finished(id(2), 1, 21, "first"));
    log.awaitAll(topics.results(), 1);
    router.close();
    log.append(started(id(1), 2, 12, "w2", true));
    router = startRouter();
    log.append(finished(id(1), 1, 11, "zombie"));
    log.append(started(id(2), 2, 22, "w2", true), finished(id(2), 2, 22, "second"));
    log.append(finished(id(1), 2, 12, "good"));
    List<RequestResult> results =
        log.awaitAll(topics.results(), 2).stream()
            .map(record -> UsageCodec.decodeResult(record.value()))
            .toList();
    assertEquals(List.of(id(2), id(1)), results.stream().map(RequestResult::request).toList());
    assertEquals(
        List.of(finished("first"), finished("good")),
        results.stream().map(RequestResult::outcome).toList());
  }

  @Test
  void whatATopicFindsTooLargeIsAnsweredAndBuried() throws Exception {
    log.create("narrow", Map.of("max.message.bytes", "300"));
    log.append(topics.intake(), null, json("narrow", "x".repeat(1000)));
    log.append(topics.intake(), null, json("story", "short"));
    log.await("story.batch", 1);
    assertEquals(FailureCode.TOO_LARGE, failure(log.awaitAll(topics.tokens(), 1)).code());
    assertEquals(1, log.awaitAll(topics.deadLetters(), 1).size());
    assertEquals(Health.UP, router.health());
  }

  @Test
  void whatOnlyCompressionMadeSmallEnoughIsAnsweredAndBuried() {
    log.appendCompressed(topics.intake(), json("story", "x".repeat(3 << 20)));
    log.append(topics.intake(), null, json("story", "short"));
    log.await("story.batch", 1);
    assertEquals(FailureCode.TOO_LARGE, failure(log.awaitAll(topics.tokens(), 1)).code());
    assertEquals(Health.UP, router.health());
  }

  @Test
  void aCapabilityWhoseTopicIsGoneIsAnswered() {
    log.append(topics.intake(), null, json("gone", "x"));
    log.append(topics.intake(), null, json("story", "x"));
    assertEquals(FailureCode.NO_WORKER, failure(log.awaitAll(topics.tokens(), 1)).code());
    log.await("story.batch", 1);
  }

  private Router startRouter() throws Exception {
    var settings =
        RouterConfig.standalone(KafkaClients.of(broker.bootstrapServers()), topics, stateDirectory);
    Router started = new Router(settings, this::look, registry);
    started.start();
    Awaitility.await().until(() -> started.health().equals(Health.UP));
    return started;
  }

  /** The clock, which the thread of the intake breaks once. */
  private Instant look() {
    StackOverflowError broken =
        Thread.currentThread().getName().contains("router-intake") ? failure.getAndSet(null) : null;
    if (broken != null) {
      throw broken;
    }
    return now.get();
  }

  private void announce(String... capabilities) {
    log.announce(worker("w1", now.get(), capabilities));
  }

  private void submit(InferenceRequest request) {
    log.append(topics.intake(), request.id().bytes(), RequestCodec.encode(request));
  }

  /** The router reads its tables beside its intake: it may learn of a worker a little later. */
  private void submitUntilRouted(InferenceRequest request) {
    int before = log.all(log.requests("story")).size();
    Awaitility.await()
        .until(
            () -> {
              submit(request);
              return log.all(log.requests("story")).size() > before;
            });
  }

  private static byte[] json(String capability, String prompt) {
    return bytes("{\"capability\":\"" + capability + "\",\"prompt\":\"" + prompt + "\"}");
  }

  private static Failure failure(
      List<org.apache.kafka.clients.consumer.ConsumerRecord<byte[], byte[]>> records) {
    assertEquals(1, records.size());
    return failure(TokenCodec.decode(records.getFirst().key(), records.getFirst().value()));
  }

  private static Failure failure(TokenRecord token) {
    return assertInstanceOf(Failed.class, token.event()).failure();
  }
}
