package io.anyserve.ingress.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.Idempotency;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.v1.InferRequest;
import io.anyserve.v1.InferResponse;
import io.anyserve.v1.InferStreamRequest;
import io.anyserve.v1.InferenceServiceGrpc.InferenceServiceBlockingStub;
import io.anyserve.v1.StreamEvent;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Submissions under an idempotency key, with a router that answers all but the first. */
@Timeout(180)
final class DuplicateSubmissionTest {

  private static final InferStreamRequest REQUEST =
      InferStreamRequest.newBuilder().setInference(TestServer.prompt("Once")).build();

  private TestServer server;

  @BeforeEach
  void start() throws Exception {
    server = TestServer.start();
    server.log.answers(this::asRouter);
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @Test
  void theSameKeyAndBodyIsFedFromTheFirstAndTheFirstIsPublishedToTheIntake() {
    List<String> first = texts(keyed("k-1").inferStream(REQUEST));
    List<String> second = texts(keyed("k-1").inferStream(REQUEST));
    assertEquals(first, second);
    assertEquals(2, server.log.requests.size());
    assertEquals(server.log.requests.getFirst().id(), server.log.requests.getLast().id());
    server.log.history().stream()
        .filter(record -> !record.topic().equals(FakeLog.TOPICS.control()))
        .forEach(record -> assertEquals(FakeLog.TOPICS.intake(), record.topic()));
  }

  @Test
  void aUnaryCallMayComeAgainToo() {
    InferResponse first = infer("k-2");
    InferResponse second = infer("k-2");
    assertEquals("w0 w1 ", first.getOutput().getText());
    assertEquals(first, second);
  }

  @Test
  void manySubmissionsAtOnceRunOnce() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<CompletableFuture<List<String>>> calls = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        calls.add(
            CompletableFuture.supplyAsync(() -> texts(keyed("k-3").inferStream(REQUEST)), threads));
      }
      for (var call : calls) {
        assertEquals(List.of("w0 ", "w1 "), call.get(120, TimeUnit.SECONDS));
      }
    }
    assertEquals(20, server.log.requests.size());
    assertEquals(1, server.meters.counter("anyserve.ingress.requests.accepted").count());
    assertEquals(19, server.meters.counter("anyserve.ingress.requests.duplicate").count());
  }

  @Test
  void theSameKeyForSomethingElseIsAConflict() {
    texts(keyed("k-4").inferStream(REQUEST));
    var other = InferStreamRequest.newBuilder().setInference(TestServer.prompt("Another")).build();
    var thrown =
        assertThrows(StatusRuntimeException.class, () -> texts(keyed("k-4").inferStream(other)));
    assertEquals(Status.Code.ALREADY_EXISTS, thrown.getStatus().getCode());
    assertTrue(TestServer.failure(thrown).startsWith(FailureCode.IDEMPOTENCY_CONFLICT.name()));
  }

  @Test
  void aKeyThatIsTooLongIsRefusedBeforeAnythingIsPublished() {
    var thrown =
        assertThrows(
            StatusRuntimeException.class, () -> texts(keyed("k".repeat(256)).inferStream(REQUEST)));
    assertTrue(TestServer.failure(thrown).startsWith("INVALID_REQUEST: idempotency-key"));
    assertEquals(0, server.log.requests.size());
  }

  /** The first submission of an id is told its story, the others are answered as duplicates. */
  private void asRouter(InferenceRequest request) {
    synchronized (server.log) {
      InferenceRequest first =
          server.log.requests.stream()
              .filter(known -> known.id().equals(request.id()))
              .findFirst()
              .orElseThrow();
      if (first.equals(request)) {
        server.log.tellStory(request);
      } else {
        Idempotency mine = request.idempotency().orElseThrow();
        var duplicate =
            new TokenEvent.DuplicateSubmission(
                first.routing().reply(),
                first.idempotency().orElseThrow().digest(),
                first.context());
        server.log.emit(TokenRecord.duplicate(request.id(), mine.nonce(), duplicate));
      }
    }
  }

  private InferenceServiceBlockingStub keyed(String key) {
    var metadata = new Metadata();
    metadata.put(CallMetadata.IDEMPOTENCY_KEY, key);
    return server.blocking().withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata));
  }

  private InferResponse infer(String key) {
    return keyed(key)
        .infer(InferRequest.newBuilder().setInference(TestServer.prompt("Once")).build());
  }

  private static List<String> texts(Iterator<StreamEvent> stream) {
    List<String> texts = new ArrayList<>();
    stream.forEachRemaining(
        event -> {
          if (event.hasChunk()) {
            texts.add(event.getChunk().getText());
          }
        });
    return texts;
  }
}
