package io.anyserve.ingress;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.codec.GrpcStatuses;
import io.anyserve.objects.ObjectStoreConfig;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.v1.InferStreamRequest;
import io.anyserve.v1.Inference;
import io.anyserve.v1.StreamEvent;
import io.grpc.StatusRuntimeException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The brokers go away and come back. */
@Timeout(300)
final class OutageIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @Test
  void withoutBrokersItStartsSaysSoAndRefuses() throws Exception {
    try (var ingress = ingress(KafkaClients.of("127.0.0.1:1"));
        var client = new TestClient(ingress.address())) {
      assertFalse(ingress.notReadyReasons().isEmpty());
      assertEquals(FailureCode.BROKER_UNAVAILABLE, failure(client).code());
    }
  }

  @Test
  void anOutageRefusesNewRequestsAndAStreamSurvivesIt(@TempDir Path directory) throws Exception {
    BlockingQueue<InferenceRequest> taken = new ArrayBlockingQueue<>(10);
    IngressTestLog first = IngressTestLog.start(directory);
    var kafka = first.kafka();
    try (var worker =
            TestWorker.start(kafka, IngressTestLog.STORY, (request, self) -> taken.add(request));
        var ingress = ingress(kafka);
        var client = new TestClient(ingress.address())) {
      await().atMost(PATIENCE).until(() -> ingress.notReadyReasons().isEmpty());
      Iterator<StreamEvent> stream = client.blocking().inferStream(request());
      assertTrue(stream.next().hasAccepted());
      InferenceRequest request = taken.take();
      worker.started(request);
      worker.chunk(request, 0, "before ");
      assertTrue(stream.next().hasStarted());
      assertEquals("before ", stream.next().getChunk().getText());
      first.close();
      assertEquals(FailureCode.BROKER_UNAVAILABLE, failure(client).code());
      await().atMost(PATIENCE).until(() -> !ingress.notReadyReasons().isEmpty());
      try (var second = IngressTestLog.start(directory, first.port())) {
        await().atMost(PATIENCE).until(() -> ingress.notReadyReasons().isEmpty());
        worker.chunk(request, 1, "after");
        worker.finished(request, 2);
        assertEquals("after", stream.next().getChunk().getText());
        assertTrue(stream.next().hasFinished());
        assertTrue(client.blocking().inferStream(request()).next().hasAccepted());
      }
    }
  }

  @Test
  void withoutItsStoreItSaysSoAndRefusesWhatNeedsIt(@TempDir Path directory) throws Exception {
    var nowhere = ObjectStoreConfig.of(URI.create("http://127.0.0.1:1"), "key", "secret");
    try (var log = IngressTestLog.start(directory);
        var worker = TestWorker.start(log.kafka(), IngressTestLog.STORY, TestWorker::tellStory);
        var ingress = ingress(log.kafka(), Optional.of(nowhere));
        var client = new TestClient(ingress.address())) {
      await().atMost(PATIENCE).until(() -> ingress.notReadyReasons().size() == 1);
      assertEquals("object store", ingress.notReadyReasons().getFirst().part());
      assertEquals(5, client.stream(TestClient.prompt("Once", 2).build()).size());
      var large = TestClient.prompt("x".repeat(100_000), 2).build();
      var thrown = assertThrows(StatusRuntimeException.class, () -> client.stream(large));
      assertEquals(FailureCode.STORE_UNAVAILABLE, GrpcStatuses.read(thrown).orElseThrow().code());
    }
  }

  private static Ingress ingress(KafkaClients kafka) throws Exception {
    return ingress(kafka, Optional.empty());
  }

  private static Ingress ingress(KafkaClients kafka, Optional<ObjectStoreConfig> store)
      throws Exception {
    var settings = IngressConfig.local(0, kafka, IngressTestLog.TOPICS, store);
    var ingress = new Ingress(settings, IngressEnvironment.of(new SimpleMeterRegistry()));
    ingress.start();
    return ingress;
  }

  private static InferStreamRequest request() {
    Inference inference = TestClient.prompt("Once", 2).build();
    return InferStreamRequest.newBuilder().setInference(inference).build();
  }

  /** Of a new request, which must come well before its deadline. */
  private static Failure failure(TestClient client) {
    var stub = client.blocking().withDeadlineAfter(60, TimeUnit.SECONDS);
    var thrown =
        assertThrows(
            StatusRuntimeException.class,
            () -> stub.inferStream(request()).forEachRemaining(event -> {}));
    return GrpcStatuses.read(thrown).orElseThrow(() -> thrown);
  }
}
