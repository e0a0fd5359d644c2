package io.anyserve.router.recovery;

import static io.anyserve.router.Samples.finished;
import static io.anyserve.router.Samples.id;
import static io.anyserve.router.Samples.interactive;
import static io.anyserve.router.Samples.started;
import static io.anyserve.router.Samples.taken;
import static io.anyserve.router.Samples.worker;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.TopicOffset;
import io.anyserve.contracts.codec.RequestCodec;
import io.anyserve.contracts.codec.UsageCodec;
import io.anyserve.contracts.codec.WorkerCodec;
import io.anyserve.contracts.event.Cost;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.contracts.event.ServedBy;
import io.anyserve.contracts.event.WorkerHeartbeat;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.embedded.EmbeddedBroker;
import io.anyserve.router.Router;
import io.anyserve.router.RouterConfig;
import io.anyserve.router.RouterTestLog;
import io.anyserve.router.Samples;
import io.anyserve.router.intake.IntakeRun;
import io.anyserve.runtime.Health;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.v1.ConnectWorkerRequest;
import io.anyserve.v1.ConnectWorkerResponse;
import io.anyserve.v1.DescribeRequestRequest;
import io.anyserve.v1.DescribeRequestResponse;
import io.anyserve.v1.RequestState;
import io.anyserve.v1.RouterServiceGrpc;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Requests in flight, their recovery and their status against a real broker and clock. */
@Timeout(240)
@SuppressWarnings("NullAway.Init") // set before each test
final class LostRequestRecoveryIT {

  private static final AtomicInteger TESTS = new AtomicInteger();
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir private static Path brokerDirectory;
  private static EmbeddedBroker broker;

  @TempDir private Path stateDirectory;
  private final TopicNames topics = new TopicNames("recovery" + TESTS.incrementAndGet() + ".");
  private RouterTestLog log;
  private Router router;

  @BeforeAll
  static void startBroker() throws Exception {
    broker = EmbeddedBroker.start(brokerDirectory, 0);
    Awaitility.setDefaultTimeout(PATIENCE);
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @BeforeEach
  void start() throws Exception {
    log = new RouterTestLog(broker.bootstrapServers(), topics);
    log.create("story");
    router = startRouter("one");
  }

  @AfterEach
  void stop() {
    router.close();
    log.close();
  }

  @Test
  void aSilentWorkersRequestIsPublishedAgain() {
    log.announce(worker("w1", Instant.now(), "story"));
    log.append(taken(id(1), 1, 11, "w1", publish(id(1))));
    InferenceRequest again =
        RequestCodec.decode(
            Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> log.all(requests()), found -> found.size() == 2)
                .getLast()
                .value());
    assertEquals(id(1), again.id());
    assertEquals(1, again.routing().earlierAttempts());
  }

  /** Its heartbeats are good for hours: only the connection can tell. */
  @Test
  void aRequestIsPublishedAgainWhenTheConnectionOfItsWorkerCloses() throws Exception {
    log.announce(longLived("w1"));
    Connection lost = new Connection(router, "w1");
    Connection other = new Connection(router, "w2");
    log.append(taken(id(1), 1, 11, "w1", publish(id(1))));
    log.append(taken(id(2), 1, 12, "w2", publish(id(2))));
    awaitState(router, id(2), RequestState.REQUEST_STATE_RUNNING);
    lost.close();
    Awaitility.await().until(() -> requeued().equals(Set.of(id(1))));
    Connection back = new Connection(router, "w1", lost.process);
    assertEquals(List.of(id(1)), back.republished());
    other.close();
    Awaitility.await().until(() -> requeued().equals(Set.of(id(1), id(2))));
    back.close();
  }

  /** The end of a call that a newer one has replaced says nothing; another process says all. */
  @Test
  void aConnectionIsReplacedByTheSameProcessOrByAnother() throws Exception {
    log.announce(longLived("w1"));
    Connection first = new Connection(router, "w1");
    log.append(taken(id(1), 1, 11, "w1", publish(id(1))));
    awaitState(router, id(1), RequestState.REQUEST_STATE_RUNNING);
    Connection second = new Connection(router, "w1", first.process);
    first.close();
    log.append(taken(id(2), 1, 12, "w9", publish(id(2)))); // nobody heard of: lost in seconds
    Awaitility.await().until(() -> requeued().contains(id(2)));
    assertEquals(Set.of(id(2)), requeued());
    Connection third = new Connection(router, "w1", first.process + 1);
    Awaitility.await().until(() -> requeued().contains(id(1)));
    assertEquals(List.of(), third.republished());
    second.close();
    third.close();
  }

  @Test
  void whatWasLostWhileNoRouterRanIsPublishedAgainToo() throws Exception {
    log.append(taken(id(1), 1, 11, "w1", publish(id(1))));
    awaitState(router, id(1), RequestState.REQUEST_STATE_RUNNING);
    router.close();
    log.append(taken(id(2), 1, 12, "w1", publish(id(2))));
    router = startRouter("one");
    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertEquals(Set.of(id(1), id(2)), requeued()));
  }

  @Test
  void aRequestIsDescribedWhileItRunsAndAfterwards() throws Exception {
    log.append(started(id(1), 2, 11, "w1", false));
    var running = awaitState(router, id(1), RequestState.REQUEST_STATE_RUNNING);
    assertEquals("acme", running.getTenant());
    assertEquals(2, running.getRequest().getAttempts());
    assertEquals("w1", running.getRequest().getWorker());
    log.append(finished(id(1), 2, 11, "a"));
    assertEquals(
        1,
        awaitState(router, id(1), RequestState.REQUEST_STATE_FINISHED)
            .getRequest()
            .getUsage()
            .getCompletionTokens());
    log.append(topics.usage(), id(1).bytes(), UsageCodec.encode(entry(id(1))));
    var ended =
        Awaitility.await()
            .atMost(PATIENCE)
            .until(() -> describe(router, id(1)), found -> found.getRequest().getChunks() == 7);
    assertEquals("s1", ended.getRequest().getSession());
    var unknown = assertThrows(StatusRuntimeException.class, () -> describe(router, id(9)));
    assertEquals(Status.Code.NOT_FOUND, unknown.getStatus().getCode());
    router.close();
    router = startRouter("one");
    Awaitility.await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> describe(router, id(1)).getRequest().getChunks() == 7);
  }

  @Test
  void oneRouterAsksTheOther() throws Exception {
    Router other = startRouter("two");
    try {
      log.append(started(id(1), 1, 11, "w1", false));
      log.append(topics.usage(), id(2).bytes(), UsageCodec.encode(entry(id(2))));
      for (Router asked : List.of(router, other)) {
        awaitState(asked, id(1), RequestState.REQUEST_STATE_RUNNING);
        awaitState(asked, id(2), RequestState.REQUEST_STATE_FINISHED);
      }
    } finally {
      other.close();
    }
  }

  private static WorkerHeartbeat longLived(String name) {
    WorkerHeartbeat usual = worker(name, Instant.now(), "story");
    return new WorkerHeartbeat(
        usual.worker(),
        usual.capabilities(),
        usual.state(),
        usual.running(),
        usual.announcedAt(),
        Duration.ofHours(3));
  }

  /** A worker's call over a socket, kept alive until it is closed. */
  private static final class Connection {

    private static final Duration KEEP_ALIVE = Duration.ofMillis(250);

    private final ManagedChannel channel;
    private final List<ConnectWorkerResponse> answers = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final long process;

    Connection(Router router, String worker) {
      this(router, worker, ThreadLocalRandom.current().nextLong());
    }

    /** Returns when the router has answered. */
    Connection(Router router, String worker, long process) {
      this.process = process;
      this.channel = channel(router);
      var call =
          RouterServiceGrpc.newStub(channel)
              .connectWorker(
                  new StreamObserver<ConnectWorkerResponse>() {
                    @Override
                    public void onNext(ConnectWorkerResponse answer) {
                      answers.add(answer);
                    }

                    @Override
                    public void onError(Throwable cause) {}

                    @Override
                    public void onCompleted() {}
                  });
      var keepAlive =
          ConnectWorkerRequest.newBuilder()
              .setProcessId(process)
              .setHeartbeat(WorkerCodec.message(longLived(worker)))
              .build();
      var _ =
          timer.scheduleAtFixedRate(
              () -> call.onNext(keepAlive), 0, KEEP_ALIVE.toMillis(), TimeUnit.MILLISECONDS);
      Awaitility.await().until(() -> !answers.isEmpty());
    }

    /** What the first answer says. */
    List<RequestId> republished() {
      return answers.getFirst().getRepublishedList().stream()
          .map(one -> RequestId.of(one.getRequestId().toByteArray()))
          .toList();
    }

    /** As when the process dies: the socket is closed without a word. */
    void close() {
      timer.shutdownNow();
      channel.shutdownNow();
    }
  }

  private Router startRouter(String instance) throws Exception {
    var settings =
        new RouterConfig(
            KafkaClients.of(broker.bootstrapServers()),
            topics,
            instance,
            stateDirectory.resolve(instance),
            1,
            RouterConfig.DEFAULT_DEADLINE,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    Router started = new Router(settings, InstantSource.system(), new SimpleMeterRegistry());
    started.start();
    Awaitility.await().atMost(PATIENCE).until(() -> started.health().equals(Health.UP));
    return started;
  }

  private TopicOffset publish(RequestId id) {
    log.append(requests(), IntakeRun.bytes("s1"), RequestCodec.encode(interactive(id, "story", 0)));
    var record = log.all(requests()).getLast();
    return new TopicOffset(record.topic(), record.partition(), record.offset());
  }

  private Set<RequestId> requeued() {
    return log.all(requests()).stream()
        .map(record -> RequestCodec.decode(record.value()))
        .filter(request -> request.routing().earlierAttempts() == 1)
        .map(InferenceRequest::id)
        .collect(Collectors.toSet());
  }

  private String requests() {
    return log.requests("story");
  }

  private static DescribeRequestResponse awaitState(
      Router router, RequestId id, RequestState state) {
    return Awaitility.await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> describe(router, id), found -> found.getRequest().getState() == state);
  }

  private static DescribeRequestResponse describe(Router router, RequestId id) {
    ManagedChannel channel = channel(router);
    try {
      return RouterServiceGrpc.newBlockingStub(channel)
          .describeRequest(DescribeRequestRequest.newBuilder().setRequestId(id.toString()).build());
    } finally {
      channel.shutdownNow();
    }
  }

  private static ManagedChannel channel(Router router) {
    InetSocketAddress address = router.address();
    return Grpc.newChannelBuilderForAddress(
            address.getHostString(), address.getPort(), InsecureChannelCredentials.create())
        .build();
  }

  private static LedgerEntry entry(RequestId id) {
    Instant now = Instant.now();
    return new LedgerEntry(
        id,
        Samples.context("story", false),
        new ServedBy("story", "tiny", "w1", 2, false),
        Outcome.FINISHED,
        "",
        new TokenUsage(3, 7, 0),
        7,
        new LedgerEntry.Volume(20, 40),
        Duration.ofMillis(5),
        new LedgerEntry.Times(Optional.of(now), Optional.of(now), now),
        Cost.UNPRICED,
        Optional.empty());
  }
}
