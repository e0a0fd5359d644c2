package io.anyserve.ingress.grpc;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.rpc.RetryInfo;
import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.codec.GrpcStatuses;
import io.anyserve.contracts.event.ControlCommand;
import io.anyserve.contracts.event.ControlCommand.Cancel;
import io.anyserve.ingress.response.Events;
import io.anyserve.ingress.response.ResponseLimits;
import io.anyserve.v1.CancelRequest;
import io.anyserve.v1.InferStreamRequest;
import io.anyserve.v1.InferenceServiceGrpc;
import io.anyserve.v1.ResumeRequest;
import io.anyserve.v1.StreamChunk;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that come again with a resume token. */
@Timeout(300)
final class ResumeTest {

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
    server.log.answers(server.log::tellStory);
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
  void eachChunkNamesThePlaceBehindItAndTheRestComesFromThere() {
    server.log.answers(this::tellOfTwoAttempts);
    List<StreamEvent> whole = events(server.blocking().inferStream(REQUEST));
    List<StreamChunk> chunks = chunks(whole);
    assertEquals(List.of(0L, 1L, 2L, 3L), chunks.stream().map(StreamChunk::getSequence).toList());
    for (StreamChunk chunk : chunks) {
      String token = chunk.getResumeToken();
      List<StreamEvent> rest =
          events(server.blocking().resume(resume(token, chunk.getSequence() + 1)));
      assertEquals(token, rest.getFirst().getAccepted().getResumeToken());
      assertEquals(
          whole.subList(whole.indexOf(event(chunk)) + 1, whole.size()),
          rest.subList(1, rest.size()),
          "every chunk with its token, and the end with the usage of all");
    }
    assertEquals(4, whole.getLast().getFinished().getUsage().getCompletionTokens());
    assertEquals(3, whole.getLast().getFinished().getUsage().getPromptTokens());
  }

  /** Two chunks of an attempt that is then fenced, and two of the next, with void ones between. */
  private void tellOfTwoAttempts(InferenceRequest request) {
    server.log.emit(request, 1, Events.started());
    server.log.emit(request, 1, Events.chunk(0));
    server.log.emit(request, 1, Events.chunk(1));
    server.log.emit(request, 2, Events.started());
    server.log.emit(request, 1, Events.chunk(2, "void "));
    server.log.emit(request, 2, Events.chunk(2));
    server.log.emit(request, 1, Events.finished());
    server.log.emit(request, 2, Events.chunk(1, "repeated "));
    server.log.emit(request, 2, Events.chunk(3));
    server.log.emit(request, 2, Events.finished());
  }

  @Test
  void aChunksTokenIsOneTenantsAndCannotBeChanged() throws Exception {
    var keys =
        List.of(
            GrpcServerTest.key("k1", "secret-1", "acme"),
            GrpcServerTest.key("k2", "secret-2", "other"));
    try (TestServer shared = TestServer.start(keys, List.of())) {
      shared.log.answers(shared.log::tellStory);
      var acme = GrpcServerTest.as("secret-1", shared.blocking());
      String token = chunks(events(acme.inferStream(REQUEST))).getFirst().getResumeToken();
      assertEquals(
          "PERMISSION_DENIED: resume_token: not issued for this tenant (expected: one of its own"
              + " streams')",
          failure(GrpcServerTest.as("secret-2", shared.blocking()), token, 1));
      assertEquals(1, chunks(events(acme.resume(resume(token, 1)))).size());
      String forged =
          token.substring(0, 20) + (token.charAt(20) == 'A' ? "B" : "A") + token.substring(21);
      assertTrue(failure(acme, forged, 1).startsWith("PERMISSION_DENIED"));
    }
  }

  @Test
  void aSequenceBeforeAChunksPlaceIsRefusedAndNamesBoth() {
    server.log.answers(server.log::tellStory);
    List<StreamChunk> chunks = chunks(events(server.blocking().inferStream(REQUEST)));
    String last = chunks.getLast().getResumeToken();
    assertEquals(
        "INVALID_REQUEST: from_sequence: 1 (expected: 0, or >= 2, the chunk behind the one of this"
            + " resume_token)",
        failure(server.blocking(), last, 1));
    String first = chunks.getFirst().getResumeToken();
    assertEquals(List.of(), chunks(events(server.blocking().resume(resume(first, 2)))));
    assertEquals(1, chunks(events(server.blocking().resume(resume(first, 0)))).size());
    assertEquals(
        "INVALID_REQUEST: from_sequence: 3 (expected: at most 2, the number of chunks)",
        failure(server.blocking(), first, 3));
  }

  /** The connection breaks while nothing comes, so that the client missed nothing. */
  @Test
  void whoMissedNothingIsFedLiveWithoutAReplay() {
    var context = Context.current().withCancellation();
    var token = new AtomicReference<String>();
    context.run(
        () -> {
          Iterator<StreamEvent> events = server.blocking().inferStream(REQUEST);
          events.next();
          InferenceRequest request = server.log.requests.getFirst();
          server.log.emit(request, Events.started());
          server.log.emit(request, Events.chunk(0));
          events.next();
          token.set(events.next().getChunk().getResumeToken());
        });
    context.cancel(null);
    server.log.stopReplaying();
    InferenceRequest request = server.log.requests.getFirst();
    Iterator<StreamEvent> rest = server.blocking().resume(resume(token.get(), 1));
    assertTrue(rest.next().hasAccepted());
    server.log.emit(request, Events.chunk(1));
    assertEquals(1, rest.next().getChunk().getSequence());
    server.log.emit(request, Events.finished());
    assertEquals(2, rest.next().getFinished().getUsage().getCompletionTokens());
    assertEquals(1, server.meters.counter("anyserve.ingress.resumes.live").count());
  }

  private static List<StreamEvent> events(Iterator<StreamEvent> stream) {
    List<StreamEvent> events = new ArrayList<>();
    stream.forEachRemaining(events::add);
    return events;
  }

  private static List<StreamChunk> chunks(List<StreamEvent> events) {
    return events.stream().filter(StreamEvent::hasChunk).map(StreamEvent::getChunk).toList();
  }

  private static StreamEvent event(StreamChunk chunk) {
    return StreamEvent.newBuilder().setChunk(chunk).build();
  }

  private static String failure(
      InferenceServiceGrpc.InferenceServiceBlockingStub stub, String token, long from) {
    return TestServer.failure(
        assertThrows(StatusRuntimeException.class, () -> events(stub.resume(resume(token, from)))));
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
    server.log.answers(server.log::tellStory);
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
      small.log.answers(small.log::tellStory);
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
    server.log.answers(server.log::tellStory);
    String token = token(server.blocking().inferStream(REQUEST));
    assertEquals(
        "INVALID_REQUEST: from_sequence: -1 (expected: >= 0)",
        TestServer.failure(refused(resume(token, -1))));
    assertEquals(
        "INVALID_REQUEST: from_sequence: 3 (expected: at most 2, the number of chunks)",
        TestServer.failure(refused(resume(token, 3))));
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
