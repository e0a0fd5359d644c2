package io.anyserve.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.standalone.RunningServices;
import io.anyserve.standalone.SingleService;
import io.anyserve.standalone.UnusedPorts;
import io.anyserve.v1.InferRequest;
import io.anyserve.v1.InferResponse;
import io.anyserve.v1.InferStreamRequest;
import io.anyserve.v1.Inference;
import io.anyserve.v1.InferenceServiceGrpc;
import io.anyserve.v1.InferenceServiceGrpc.InferenceServiceBlockingStub;
import io.anyserve.v1.StreamEvent;
import io.grpc.ClientInterceptor;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A call with an idempotency key is sent again because its first answer never came: over a new
 * connection, to another ingress, after a restart. The key stands for one run and one bill,
 * wherever the calls arrive; only what no worker began runs for the retry.
 */
@Timeout(300)
final class KeyedRetryIT {

  private static final int TOKENS = 20;
  private static final long SHORT_MILLIS = 500;
  private static final Duration UNTIL_SURELY_LATE = Duration.ofSeconds(1);

  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init") // before every test
  private static RunningServices services;

  @SuppressWarnings("NullAway.Init") // before every test
  private static PlainClient kafka;

  @SuppressWarnings("NullAway.Init") // before every test
  private static SingleService worker;

  @SuppressWarnings("NullAway.Init") // before every test
  private static SingleService other;

  private static int otherPort;

  @BeforeAll
  static void start() throws Exception {
    services = RunningServices.simulated(folder.resolve("data"));
    kafka = new PlainClient(KafkaClients.of(services.bootstrapServers()));
    worker =
        services.join(
            SingleService.Service.WORKER,
            """
            [worker]
            id = "one-slot"
            http-port = 0
            [[worker.capability]]
            name = "narrow"
            engine = "simulated"
            slots = 1
            token-rate = "20"
            """);
    otherPort = UnusedPorts.row(1);
    other = ingress("other", otherPort);
  }

  @AfterAll
  static void stop() {
    kafka.close();
    other.close();
    worker.close();
    services.close();
  }

  private static SingleService ingress(String instance, int port) throws Exception {
    return services.join(
        SingleService.Service.INGRESS,
        """
        [ingress]
        instance = "%s"
        port = %d
        http-port = 0
        api-http-port = 0
        """
            .formatted(instance, port));
  }

  enum Interruption {
    /** A worker has begun, and the caller has heard nothing yet. */
    BEGUN,
    /** In the middle of the answer. */
    ANSWERING,
    /** The whole answer is in the log. */
    ENDED
  }

  /** The client's connection is cut, and the client sends the same call over a new one. */
  @ParameterizedTest
  @CsvSource({"BEGUN, false", "ANSWERING, false", "ENDED, false", "BEGUN, true", "ANSWERING, true"})
  void aCallWhoseConnectionBrokeRunsOnceAndIsBilledOnce(Interruption cut, boolean elsewhere) {
    String session = "cut-" + cut + (elsewhere ? "-elsewhere" : "");
    ManagedChannel first = connect(ownPort());
    try {
      switch (cut) {
        case BEGUN -> callUntil(first, session, Started.class);
        case ANSWERING -> readOneChunk(first, session);
        case ENDED -> callUntil(first, session, Finished.class);
      }
    } finally {
      first.shutdownNow();
    }
    ManagedChannel second = connect(elsewhere ? otherPort : ownPort());
    InferResponse answer;
    try {
      answer = keyed(second, session).infer(infer(session));
    } finally {
      second.shutdownNow();
    }

    List<TokenRecord> run = onlyRun(session);
    assertEquals(text(run), answer.getOutput().getText());
    assertEquals(TOKENS, answer.getUsage().getCompletionTokens());
    assertEquals(1, run.stream().filter(event -> event.event() instanceof Terminal).count());
    List<LedgerEntry> lines = lines(session, 1);
    assertEquals(1, lines.size());
    assertEquals(TOKENS, lines.getFirst().usage().completion());
    assertEquals(1, lines.getFirst().servedBy().attempts());
  }

  /** Sends it and returns once the log holds such an event, whatever the caller heard. */
  private static void callUntil(ManagedChannel channel, String session, Class<?> event) {
    var _ =
        InferenceServiceGrpc.newFutureStub(channel)
            .withInterceptors(key(session))
            .infer(infer(session));
    Awaitility.await().atMost(RunningServices.PATIENCE).until(() -> holds(session, event));
  }

  private static boolean holds(String session, Class<?> event) {
    return kafka.counting(session).values().stream()
        .flatMap(Collection::stream)
        .anyMatch(record -> event.isInstance(record.event()));
  }

  private static void readOneChunk(ManagedChannel channel, String session) {
    Iterator<StreamEvent> stream =
        keyed(channel, session)
            .inferStream(InferStreamRequest.newBuilder().setInference(inference(session)).build());
    boolean answering = false;
    while (!answering) {
      answering = stream.next().hasChunk();
    }
  }

  /** What counts of the one request of the session, of which one run alone counts. */
  private static List<TokenRecord> onlyRun(String session) {
    var streams = kafka.counting(session);
    assertEquals(1, streams.size(), streams::toString);
    List<TokenRecord> run = streams.values().iterator().next();
    assertEquals(
        1,
        run.stream()
            .filter(event -> event.event() instanceof Started)
            .map(TokenRecord::executionId)
            .distinct()
            .count());
    return run;
  }

  private static String text(List<TokenRecord> run) {
    StringBuilder text = new StringBuilder();
    for (TokenRecord record : run) {
      if (record.event() instanceof Chunk chunk) {
        text.append(chunk.text());
      }
    }
    return text.toString();
  }

  /** The deadline passes before, or while, the request is on its way to a worker. */
  @ParameterizedTest
  @ValueSource(ints = {500, 1000, 2000, 4000})
  void whatNeverBeganMayRunForARetryOnAnotherIngress(int micros) {
    String session = "late-" + micros;
    var hasty = keyed(services.channel(), session).withDeadlineAfter(micros, TimeUnit.MICROSECONDS);
    String end = end(hasty, story(session));
    ManagedChannel channel = connect(otherPort);
    String retried;
    try {
      retried = end(keyed(channel, session), story(session));
    } finally {
      channel.shutdownNow();
    }

    assertTrue(
        retried.equals("OK") || began(session),
        end + " after " + micros + " us, its retry ends with " + retried + " and nothing ran");
  }

  private static boolean began(String session) {
    return lines(session, 1).stream().anyMatch(line -> line.servedBy().attempts() > 0);
  }

  /** The first try waits behind a request that has the only slot; its retry comes meanwhile. */
  @Test
  void aMissedDeadlineRunsForARetryOnAnotherIngress() {
    String session = "missed-elsewhere";
    ManagedChannel channel = connect(otherPort);
    try (var occupied = occupy("occupied-elsewhere")) {
      missDeadline(services.channel(), session);
      var retry =
          CompletableFuture.supplyAsync(() -> keyed(channel, session).infer(infer(session)));
      occupied.close();

      assertEquals(TOKENS, retry.join().getUsage().getCompletionTokens());
      assertRanForTheRetryOnly(session);
    } finally {
      channel.shutdownNow();
    }
  }

  @Test
  void aMissedDeadlineRunsForARetryAfterARestart() throws Exception {
    String session = "missed-restarted";
    int port = UnusedPorts.row(1);
    ManagedChannel channel = connect(port);
    try {
      try (var _ = ingress("restarted", port);
          var _ = occupy("occupied-restarted")) {
        missDeadline(channel, session);
      }
      assertEquals(0, lines(session, 1).getFirst().servedBy().attempts());
      try (var _ = ingress("restarted", port)) {
        InferResponse answer = keyed(channel, session).withWaitForReady().infer(infer(session));

        assertEquals(TOKENS, answer.getUsage().getCompletionTokens());
        assertRanForTheRetryOnly(session);
      }
    } finally {
      channel.shutdownNow();
    }
  }

  private static void missDeadline(ManagedChannel channel, String session) {
    var hasty = keyed(channel, session).withDeadlineAfter(SHORT_MILLIS, TimeUnit.MILLISECONDS);
    var e = assertThrows(StatusRuntimeException.class, () -> hasty.infer(infer(session)));
    assertEquals(Status.Code.DEADLINE_EXCEEDED, e.getStatus().getCode(), e.toString());
    long from = System.nanoTime();
    Awaitility.await().until(() -> System.nanoTime() - from > UNTIL_SURELY_LATE.toNanos());
  }

  /** One line of the try that never began, one of the retry that ran. */
  private static void assertRanForTheRetryOnly(String session) {
    List<LedgerEntry> lines = lines(session, 2);
    assertEquals(2, lines.size());
    LedgerEntry never = only(lines, 0);
    assertEquals(Outcome.CANCELLED, never.outcome());
    assertEquals(0, never.usage().completion());
    LedgerEntry ran = only(lines, 1);
    assertEquals(Outcome.FINISHED, ran.outcome());
    assertEquals(TOKENS, ran.usage().completion());
    RequestId ranAs = ran.request();
    assertEquals(1, kafka.runs(ranAs));
    assertEquals(0, kafka.runs(never.request()));
  }

  private static LedgerEntry only(List<LedgerEntry> lines, int attempts) {
    List<LedgerEntry> found =
        lines.stream().filter(line -> line.servedBy().attempts() == attempts).toList();
    assertEquals(1, found.size(), lines::toString);
    return found.getFirst();
  }

  /** Has the worker's only slot until it is closed. */
  private static Context.CancellableContext occupy(String session) {
    Context.CancellableContext context = Context.current().withCancellation();
    context.run(
        () -> {
          Inference endless =
              RunningServices.inference("narrow", session, RunningServices.text("Once"), 2000);
          var stream =
              InferenceServiceGrpc.newBlockingStub(services.channel())
                  .inferStream(InferStreamRequest.newBuilder().setInference(endless).build());
          boolean running = false;
          while (!running) {
            running = stream.next().hasChunk();
          }
        });
    return context;
  }

  private static List<LedgerEntry> lines(String session, int atLeast) {
    return Awaitility.await()
        .atMost(RunningServices.PATIENCE)
        .until(() -> kafka.lines(session), found -> found.size() >= atLeast);
  }

  private static String end(InferenceServiceBlockingStub stub, InferRequest request) {
    try {
      var _ = stub.infer(request);
      return "OK";
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode().name();
    }
  }

  private static InferenceServiceBlockingStub keyed(ManagedChannel channel, String key) {
    return InferenceServiceGrpc.newBlockingStub(channel).withInterceptors(key(key));
  }

  private static ClientInterceptor key(String key) {
    Metadata metadata = new Metadata();
    metadata.put(Metadata.Key.of("idempotency-key", Metadata.ASCII_STRING_MARSHALLER), key);
    return MetadataUtils.newAttachHeadersInterceptor(metadata);
  }

  private static ManagedChannel connect(int port) {
    return NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
  }

  private static int ownPort() {
    return Integer.parseInt(services.server().split(":", 2)[1]);
  }

  private static InferRequest story(String session) {
    return InferRequest.newBuilder()
        .setInference(RunningServices.inference("story", session, RunningServices.text("Once"), 3))
        .build();
  }

  private static InferRequest infer(String session) {
    return InferRequest.newBuilder().setInference(inference(session)).build();
  }

  private static Inference inference(String session) {
    return RunningServices.inference("narrow", session, RunningServices.text("Once"), TOKENS);
  }
}
