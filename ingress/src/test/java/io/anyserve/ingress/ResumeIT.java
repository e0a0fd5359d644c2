package io.anyserve.ingress;

import static java.util.stream.Collectors.toCollection;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.codec.GrpcStatuses;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.codec.WorkerCodec;
import io.anyserve.contracts.event.ControlCommand;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.ingress.IngressConfig.Limits;
import io.anyserve.ingress.IngressConfig.Log;
import io.anyserve.v1.InferStreamRequest;
import io.anyserve.v1.ResumeRequest;
import io.anyserve.v1.StreamChunk;
import io.anyserve.v1.StreamEvent;
import io.grpc.StatusRuntimeException;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Streams that go on elsewhere: two ingresses on one log, each on a partition of its own. */
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ResumeIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int HALF = 40;
  private static final int CHUNKS = 6;

  private final BlockingQueue<InferenceRequest> taken = new ArrayBlockingQueue<>(100);
  private IngressTestLog log;
  private TestWorker worker;
  private Ingress second;
  private TestClient client;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    log = IngressTestLog.start(directory);
    worker =
        TestWorker.start(log.kafka(), IngressTestLog.STORY, (request, self) -> taken.add(request));
    second = ingress("b");
    client = new TestClient(second.address());
  }

  @AfterAll
  void stop() throws Exception {
    client.close();
    second.close();
    worker.close();
    log.close();
  }

  /** The instances "a" and "b" choose different ones of two partitions. */
  private Ingress ingress(String instance) throws Exception {
    return ingress(instance, new SimpleMeterRegistry());
  }

  private Ingress ingress(String instance, MeterRegistry meters) throws Exception {
    var ingress =
        new Ingress(
            new IngressConfig(
                new ListenConfig(ListenConfig.DEFAULT_HOST, 0, Duration.ofMillis(100)),
                Limits.DEFAULT,
                new AccessConfig(List.of(), Optional.of("a key that both ingresses have")),
                new Log(log.kafka(), IngressTestLog.TOPICS, instance, 1),
                Optional.empty(),
                Optional.empty()),
            IngressEnvironment.of(meters));
    ingress.start();
    await().atMost(PATIENCE).until(() -> ingress.notReadyReasons().isEmpty());
    return ingress;
  }

  @Test
  void aStreamGoesOnAtAnotherIngressWhenItsOwnStops() throws Exception {
    Ingress first = ingress("a");
    var firstClient = new TestClient(first.address());
    Iterator<StreamEvent> stream = firstClient.blocking().inferStream(request());
    String token = stream.next().getAccepted().getResumeToken();
    InferenceRequest request = taken.take();
    worker.started(request);
    write(request, 0, HALF);
    assertTrue(stream.next().hasStarted());
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < HALF / 2; i++) {
      text.append(stream.next().getChunk().getText());
    }
    first.close();
    var thrown = assertThrows(StatusRuntimeException.class, () -> exhaust(stream));
    assertTrue(failure(thrown).startsWith("SHUTTING_DOWN"), failure(thrown));
    firstClient.close();

    Iterator<StreamEvent> rest = resume(token, HALF / 2);
    assertEquals(token, rest.next().getAccepted().getResumeToken());
    assertTrue(rest.next().hasStarted());
    for (int i = HALF / 2; i < HALF; i++) {
      text.append(rest.next().getChunk().getText());
    }
    write(request, HALF, 2 * HALF);
    worker.finished(request, 2 * HALF);
    for (int i = HALF; i < 2 * HALF; i++) {
      text.append(rest.next().getChunk().getText());
    }
    assertEquals(words(2 * HALF), text.toString());
    assertEquals(2 * HALF, rest.next().getFinished().getUsage().getCompletionTokens());
    assertNotEquals(Math.floorMod("b".hashCode(), 2), request.routing().reply().partition());
    await().atMost(PATIENCE).until(() -> isAdopted(request));
  }

  @Test
  void manyReadTheSameStreamWhileItIsWritten() throws Exception {
    Iterator<StreamEvent> stream = client.blocking().inferStream(request());
    String token = stream.next().getAccepted().getResumeToken();
    InferenceRequest request = taken.take();
    worker.started(request);
    write(request, 0, HALF);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> readers = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        readers.add(threads.submit(() -> text(resume(token, 0))));
      }
      write(request, HALF, 2 * HALF);
      worker.finished(request, 2 * HALF);
      for (Future<String> reader : readers) {
        assertEquals(words(2 * HALF), reader.get());
      }
    }
    assertEquals(words(2 * HALF), text(resume(token, 0)));
    exhaust(stream);
  }

  /**
   * One of three streams has a second attempt; each record holds a chunk of all three. Callers
   * resume at both ingresses behind every chunk: half of them while the rest is written.
   */
  @Test
  void fromEveryChunkOfTwoAttemptsTheRestComesOnce() throws Exception {
    Ingress first = ingress("a");
    var firstClient = new TestClient(first.address());
    List<Iterator<StreamEvent>> streams = new ArrayList<>();
    List<InferenceRequest> requests = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Iterator<StreamEvent> stream = client.blocking().inferStream(request());
      assertTrue(stream.next().hasAccepted());
      streams.add(stream);
      requests.add(taken.take());
    }
    requests.forEach(worker::started);
    writeBatches(requests, 1, 0, CHUNKS);
    List<List<StreamEvent>> wholes = new ArrayList<>();
    for (Iterator<StreamEvent> stream : streams) {
      wholes.add(
          Stream.generate(stream::next).limit(1 + CHUNKS).collect(toCollection(ArrayList::new)));
    }
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Resumed> meanwhile = new ArrayList<>();
      wholes.forEach(
          whole -> meanwhile.addAll(resumeAll(List.copyOf(whole), firstClient, threads)));
      writeSecondAttempt(requests);
      for (int i = 0; i < 3; i++) {
        streams.get(i).forEachRemaining(wholes.get(i)::add);
      }
      List<Resumed> later = new ArrayList<>();
      wholes.forEach(whole -> later.addAll(resumeAll(List.copyOf(whole), firstClient, threads)));
      assertEquals(3 * 2 * CHUNKS, meanwhile.size());
      assertEquals(3 * 2 * 2 * CHUNKS, later.size());
      for (Resumed one : Stream.concat(meanwhile.stream(), later.stream()).toList()) {
        List<StreamEvent> whole = wholeOf(one.chunk(), wholes);
        assertEquals(whole.subList(whole.indexOf(one.chunk()) + 1, whole.size()), one.rest().get());
      }
    } finally {
      firstClient.close();
      first.close();
    }
    assertEquals(
        List.of(1, 2),
        wholes.getFirst().stream()
            .filter(StreamEvent::hasStarted)
            .map(event -> event.getStarted().getAttempt())
            .toList());
    assertEquals(words(2 * CHUNKS), text(wholes.getFirst().iterator()));
  }

  /** What came behind a chunk when its token was handed in; without the first message. */
  private record Resumed(StreamEvent chunk, Future<List<StreamEvent>> rest) {}

  /** At both ingresses, behind each chunk. */
  private List<Resumed> resumeAll(
      List<StreamEvent> whole, TestClient other, ExecutorService threads) {
    List<Resumed> calls = new ArrayList<>();
    for (StreamEvent chunk : whole) {
      if (chunk.hasChunk()) {
        for (TestClient caller : List.of(client, other)) {
          calls.add(new Resumed(chunk, threads.submit(() -> rest(caller, chunk.getChunk()))));
        }
      }
    }
    return calls;
  }

  private static List<StreamEvent> rest(TestClient caller, StreamChunk chunk) {
    var request =
        ResumeRequest.newBuilder()
            .setResumeToken(chunk.getResumeToken())
            .setFromSequence(chunk.getSequence() + 1)
            .build();
    List<StreamEvent> events = new ArrayList<>();
    caller.blocking().resume(request).forEachRemaining(events::add);
    assertEquals(chunk.getResumeToken(), events.removeFirst().getAccepted().getResumeToken());
    return events;
  }

  private static List<StreamEvent> wholeOf(StreamEvent chunk, List<List<StreamEvent>> wholes) {
    return wholes.stream().filter(whole -> whole.contains(chunk)).findFirst().orElseThrow();
  }

  /** Of the first request; the others go on. What its first attempt still writes is void. */
  private void writeSecondAttempt(List<InferenceRequest> requests) {
    InferenceRequest restarted = requests.getFirst();
    worker.emit(restarted, TokenCodec.encode(record(restarted, 2, started(restarted))));
    worker.emit(
        restarted.routing().reply().partition(),
        null,
        TokenCodec.encodeBatch(
            List.of(
                record(restarted, 1, chunk(CHUNKS, "void ")),
                record(requests.get(1), 1, chunk(CHUNKS, "w" + CHUNKS + " ")),
                record(requests.get(2), 1, chunk(CHUNKS, "w" + CHUNKS + " ")))));
    worker.emit(restarted, TokenCodec.encode(record(restarted, 2, chunk(CHUNKS - 1, "repeated "))));
    worker.emit(
        restarted, TokenCodec.encode(record(restarted, 2, chunk(CHUNKS, "w" + CHUNKS + " "))));
    writeBatches(requests, 2, CHUNKS + 1, 2 * CHUNKS);
    worker.emit(restarted, TokenCodec.encode(record(restarted, 1, end())));
    worker.emit(restarted, TokenCodec.encode(record(restarted, 2, end())));
    requests.stream().skip(1).forEach(other -> worker.finished(other, 2 * CHUNKS));
  }

  /**
   * One record for each sequence.
   *
   * @param attempt of the first request; the others are at their first
   */
  private void writeBatches(List<InferenceRequest> requests, int attempt, int from, int to) {
    for (int i = from; i < to; i++) {
      TokenEvent chunk = chunk(i, "w" + i + " ");
      worker.emit(
          requests.getFirst().routing().reply().partition(),
          null,
          TokenCodec.encodeBatch(
              List.of(
                  record(requests.getFirst(), attempt, chunk),
                  record(requests.get(1), 1, chunk),
                  record(requests.get(2), 1, chunk))));
    }
  }

  /** As {@link TestWorker}, whose executions have the id 7. */
  private static TokenRecord record(InferenceRequest request, int attempt, TokenEvent event) {
    return new TokenRecord(request.id(), attempt, 6L + attempt, event);
  }

  private static TokenEvent chunk(int sequence, String text) {
    return new TokenEvent.Chunk(sequence, TokenIds.of(sequence), text, Optional.empty());
  }

  private static TokenEvent started(InferenceRequest request) {
    return new TokenEvent.Started(
        request.context(),
        TestWorker.NAME,
        request.context().capability(),
        "test-model",
        3,
        0,
        false,
        Optional.empty());
  }

  private static TokenEvent end() {
    return new TokenEvent.Finished(
        FinishReason.LENGTH, new TokenUsage(3, 1, 0), Optional.empty(), Duration.ZERO);
  }

  @Test
  void aCallerThatHasMostOfAStreamHasLittleReadAgain() throws Exception {
    var meters = new SimpleMeterRegistry();
    Ingress first = ingress("a", meters);
    try (var firstClient = new TestClient(first.address())) {
      Iterator<StreamEvent> stream = client.blocking().inferStream(request());
      String token = stream.next().getAccepted().getResumeToken();
      InferenceRequest request = taken.take();
      worker.started(request);
      write(request, 0, 2 * HALF);
      worker.finished(request, 2 * HALF);
      List<StreamEvent> events = new ArrayList<>();
      stream.forEachRemaining(events::add);
      StreamChunk last = events.get(2 * HALF).getChunk();
      assertEquals(2 * HALF - 1, last.getSequence());
      assertEquals(1, rest(firstClient, last).size(), "the end alone");
      double read = meters.counter("anyserve.ingress.replay.records").count();
      assertTrue(read >= 1 && read < HALF, read + " records");
      var all = ResumeRequest.newBuilder().setResumeToken(token).build();
      assertEquals(words(2 * HALF), text(firstClient.blocking().resume(all)));
      double again = meters.counter("anyserve.ingress.replay.records").count() - read;
      assertTrue(again >= 2 * HALF + 2, again + " records");
    } finally {
      first.close();
    }
  }

  @Test
  void whatTheLogNoLongerHoldsIsSaidWithItsPlace() throws Exception {
    Iterator<StreamEvent> stream = client.blocking().inferStream(request());
    String token = stream.next().getAccepted().getResumeToken();
    InferenceRequest request = taken.take();
    worker.started(request);
    write(request, 0, 5);
    worker.finished(request, 5);
    exhaust(stream);
    long from = request.routing().reply().fromOffset();
    var partition =
        new TopicPartition(IngressTestLog.TOPICS.tokens(), request.routing().reply().partition());
    try (Admin admin = log.kafka().newAdmin("test-admin")) {
      admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(from + 3))).all().get();
    }
    var thrown = assertThrows(StatusRuntimeException.class, () -> exhaust(resume(token, 0)));
    assertEquals(
        "RESUME_EXPIRED: offset: %d (expected: at least %d, the earliest that the log still holds)"
            .formatted(from, from + 3),
        failure(thrown));
  }

  private boolean isAdopted(InferenceRequest request) {
    return log.read(IngressTestLog.TOPICS.control(), 1).stream()
        .map(record -> WorkerCodec.decodeCommand(record.value()))
        .anyMatch(
            command ->
                command instanceof ControlCommand.TakeOverStream adopt
                    && adopt.request().equals(request.id()));
  }

  private void write(InferenceRequest request, int from, int to) {
    for (int i = from; i < to; i++) {
      worker.chunk(request, i, "w" + i + " ");
    }
  }

  private Iterator<StreamEvent> resume(String token, long from) {
    return client
        .blocking()
        .resume(ResumeRequest.newBuilder().setResumeToken(token).setFromSequence(from).build());
  }

  private static String text(Iterator<StreamEvent> stream) {
    StringBuilder text = new StringBuilder();
    stream.forEachRemaining(event -> text.append(event.getChunk().getText()));
    return text.toString();
  }

  private static void exhaust(Iterator<?> stream) {
    stream.forEachRemaining(event -> {});
  }

  private static String words(int count) {
    return IntStream.range(0, count).mapToObj(i -> "w" + i + " ").collect(Collectors.joining());
  }

  private static InferStreamRequest request() {
    var inference = TestClient.prompt("Once", 2 * HALF);
    return InferStreamRequest.newBuilder().setInference(inference).build();
  }

  private static String failure(StatusRuntimeException thrown) {
    return GrpcStatuses.read(thrown).map(Object::toString).orElseGet(thrown::toString);
  }
}
