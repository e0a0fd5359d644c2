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
