package io.anyserve.ingress.grpc;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.rpc.RetryInfo;
import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Capability;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.Idempotency;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.codec.GrpcStatuses;
import io.anyserve.contracts.event.ControlCommand;
import io.anyserve.contracts.event.ControlCommand.Cancel;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.ingress.response.Events;
import io.anyserve.ingress.response.ResponseLimits;
import io.anyserve.v1.CancelRequest;
import io.anyserve.v1.InferRequest;
import io.anyserve.v1.InferResponse;
import io.anyserve.v1.InferStreamRequest;
import io.anyserve.v1.InferenceServiceGrpc.InferenceServiceBlockingStub;
import io.anyserve.v1.ResumeRequest;
import io.anyserve.v1.StreamEvent;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.MetadataUtils;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Callers that come again: with a resume token or with an idempotency key. */
@Timeout(300)
final class ResumeTest {

  private static final Capability STORY = new Capability("story");
  private static final InferStreamRequest REQUEST =
      InferStreamRequest.newBuilder().setInference(TestServer.prompt("Once")).build();

  private TestServer server;

  @BeforeEach
  void start() throws Exception {
    server = TestServer.start(new ResponseLimits(100, 100, 50, 1 << 20, Duration.ofMinutes(5)));
  }

  @AfterEach
  void stop() throws Exception {
    await().atMost(60, TimeUnit.SECONDS).until(() -> server.streams.size() == 0);
    server.close();
  }

  @Test
  void theStreamComesAgainWithTheSameTokenInMessageAndHeaders() {
    server.log.answers(request -> tell(request));
    String token = token(server.blocking().inferStream(REQUEST));
    var headers = new AtomicReference<Metadata>();
    var trailers = new AtomicReference<Metadata>();
    var stub =
        server
            .blocking()
            .withInterceptors(MetadataUtils.newCaptureMetadataInterceptor(headers, trailers));
    List<StreamEvent> events = new ArrayList<>();
    stub.resume(resume(token, 0)).forEachRemaining(events::add);
    var accepted = events.getFirst().getAccepted();
    assertEquals(token, accepted.getResumeToken());
    assertEquals(server.log.requests.getFirst().id().toString(), accepted.getRequestId());
    assertEquals(server.log.requests.getFirst().context().session().value(), accepted.getSession());
    assertEquals(
        List.of("ACCEPTED", "STARTED", "CHUNK", "CHUNK", "FINISHED"),
        events.stream().map(event -> event.getEventCase().name()).toList());
    assertEquals(token, headers.get().get(CallMetadata.RESUME_TOKEN));
    assertFalse(trailers.get().containsKey(CallMetadata.RESUME_TOKEN), "told before");
  }

  @Test
  void aBrokenConnectionCostsNothing() {
    var context = Context.current().withCancellation();
    var token = new AtomicReference<String>();
    context.run(
        () -> {
          Iterator<StreamEvent> events = server.blocking().inferStream(REQUEST);
          token.set(events.next().getAccepted().getResumeToken());
          InferenceRequest request = server.log.requests.getFirst();
          server.log.emit(request, Events.started());
          server.log.emit(request, Events.chunk(0));
          assertTrue(events.next().hasStarted());
          assertEquals(0, events.next().getChunk().getSequence());
        });
    context.cancel(null);
    InferenceRequest request = server.log.requests.getFirst();
    server.log.emit(request, Events.chunk(1));
    Iterator<StreamEvent> rest = server.blocking().resume(resume(token.get(), 1));
    assertTrue(rest.next().hasAccepted());
    assertTrue(rest.next().hasStarted());
    assertEquals(1, rest.next().getChunk().getSequence());
    server.log.emit(request, Events.chunk(2));
    assertEquals(2, rest.next().getChunk().getSequence());
    server.log.emit(request, Events.finished());
    assertTrue(rest.next().hasFinished());
    await().atMost(60, TimeUnit.SECONDS).until(() -> !server.log.commands.isEmpty());
    assertEquals(
        List.of(new ControlCommand.TakeOverStream(request.id(), "test")), server.log.commands);
  }

  @Test
  void anExplicitCancellationWaitsForNoGrace() {
    Iterator<StreamEvent> events = server.blocking().inferStream(REQUEST);
    String id = events.next().getAccepted().getRequestId();
    server.blocking().cancel(CancelRequest.newBuilder().setRequestId(id).build());
    InferenceRequest request = server.log.requests.getFirst();
    assertEquals(List.of(new Cancel(request.id(), CancelReason.EXPLICIT)), server.log.commands);
    server.log.emit(request, Events.started());
    server.log.emit(request, Events.cancelled(CancelReason.EXPLICIT));
    assertTrue(events.next().hasStarted());
    assertThrows(StatusRuntimeException.class, events::hasNext);
  }

  @Test
  void aTokenThatIsNotOnesOwnIsRefused() {
    server.log.answers(request -> tell(request));
    String token = token(server.blocking().inferStream(REQUEST));
    String forged = (token.charAt(0) == 'A' ? "B" : "A") + token.substring(1);
    var thrown = refused(resume(forged, 0));
    assertEquals(Status.Code.PERMISSION_DENIED, thrown.getStatus().getCode());
    assertTrue(TestServer.failure(thrown).contains("resume_token"), TestServer.failure(thrown));
    assertTrue(TestServer.failure(refused(resume("", 0))).startsWith("PERMISSION_DENIED"));
  }

  @Test
  void oneTooManyIsToldWhenToComeAgain() throws Exception {
    try (TestServer small =
        TestServer.start(new ResponseLimits(100, 1, 50, 1 << 20, Duration.ZERO))) {
      small.log.answers(request -> tell(small.log, request));
      String first = token(small.blocking().inferStream(REQUEST));
      String second = token(small.blocking().inferStream(REQUEST));
      small.log.stopReplaying();
      var context = Context.current().withCancellation();
      context.run(
          () -> {
            Iterator<StreamEvent> catchingUp = small.blocking().resume(resume(first, 0));
            assertTrue(catchingUp.next().hasAccepted());
          });
      var refused =
          assertThrows(
              StatusRuntimeException.class,
              () -> small.blocking().resume(resume(second, 0)).forEachRemaining(event -> {}));
      assertEquals(Status.Code.RESOURCE_EXHAUSTED, refused.getStatus().getCode());
      assertEquals(
          "OVERLOADED: resumes under way: 1, the most allowed", TestServer.failure(refused));
      com.google.rpc.Status details = Objects.requireNonNull(StatusProto.fromThrowable(refused));
      assertEquals(
          1,
          GrpcStatuses.detail(details, RetryInfo.class).orElseThrow().getRetryDelay().getSeconds());
      context.cancel(null);
      await().atMost(60, TimeUnit.SECONDS).until(() -> small.streams.size() == 0);
    }
  }

  @Test
  void aSequenceThatCannotBeIsRefused() {
    server.log.answers(request -> tell(request));
    String token = token(server.blocking().inferStream(REQUEST));
    assertEquals(
        "INVALID_REQUEST: from_sequence: -1 (expected: >= 0)",
        TestServer.failure(refused(resume(token, -1))));
    assertEquals(
        "INVALID_REQUEST: from_sequence: 3 (expected: at most 2, the number of chunks)",
        TestServer.failure(refused(resume(token, 3))));
  }

  @Test
  void theSameKeyAndBodyIsFedFromTheFirstAndTheFirstIsPublishedToTheIntake() {
    server.log.answers(this::asRouter);
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
    server.log.answers(this::asRouter);
    InferResponse first = infer("k-2");
    InferResponse second = infer("k-2");
    assertEquals("w0 w1 ", first.getOutput().getText());
    assertEquals(first, second);
  }

  @Test
  void manySubmissionsAtOnceRunOnce() throws Exception {
    server.log.answers(this::asRouter);
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
    server.log.answers(this::asRouter);
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
        tell(request);
      } else {
        Idempotency mine = request.idempotency().orElseThrow();
        var duplicate =
            new TokenEvent.DuplicateSubmission(
                first.delivery().reply(),
                first.idempotency().orElseThrow().digest(),
                first.context());
        server.log.emit(TokenRecord.duplicate(request.id(), mine.submission(), duplicate));
      }
    }
  }

  private void tell(InferenceRequest request) {
    tell(server.log, request);
  }

  private static void tell(FakeLog log, InferenceRequest request) {
    log.emit(
        request,
        new Started(
            request.context(), new WorkerId("w"), STORY, "m", 3, 0, false, Optional.empty()));
    log.emit(request, Events.chunk(0));
    log.emit(request, Events.chunk(1));
    log.emit(request, Events.finished());
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

  private static String token(Iterator<StreamEvent> stream) {
    String token = stream.next().getAccepted().getResumeToken();
    stream.forEachRemaining(event -> {});
    return token;
  }

  private static ResumeRequest resume(String token, long from) {
    return ResumeRequest.newBuilder().setResumeToken(token).setFromSequence(from).build();
  }

  private StatusRuntimeException refused(ResumeRequest request) {
    return assertThrows(
        StatusRuntimeException.class,
        () -> server.blocking().resume(request).forEachRemaining(event -> {}));
  }
}
