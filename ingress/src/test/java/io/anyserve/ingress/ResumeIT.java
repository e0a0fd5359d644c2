package io.anyserve.ingress;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.codec.GrpcStatuses;
import io.anyserve.contracts.codec.WorkerCodec;
import io.anyserve.contracts.event.ControlCommand;
import io.anyserve.ingress.IngressConfig.Access;
import io.anyserve.ingress.IngressConfig.Limits;
import io.anyserve.ingress.IngressConfig.Listen;
import io.anyserve.ingress.IngressConfig.Log;
import io.anyserve.v1.InferStreamRequest;
import io.anyserve.v1.ResumeRequest;
import io.anyserve.v1.StreamEvent;
import io.grpc.StatusRuntimeException;
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
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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
    var ingress =
        new Ingress(
            new IngressConfig(
                new Listen(Listen.DEFAULT_HOST, 0, Duration.ofMillis(100)),
                Limits.DEFAULT,
                new Access(List.of(), Optional.of("a key that both ingresses have")),
                new Log(log.kafka(), IngressTestLog.TOPICS, instance, 1),
                Optional.empty(),
                Optional.empty()),
            IngressEnvironment.of(new SimpleMeterRegistry()));
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
