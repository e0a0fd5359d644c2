package io.anyserve.ingress.grpc;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.answer.AnswerDelta;
import io.anyserve.contracts.answer.ToolCallDelta;
import io.anyserve.contracts.codec.GrpcStatuses;
import io.anyserve.contracts.event.ControlCommand.Cancel;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.ingress.response.Events;
import io.anyserve.v1.CancelRequest;
import io.anyserve.v1.InferRequest;
import io.anyserve.v1.InferResponse;
import io.anyserve.v1.InferStreamRequest;
import io.anyserve.v1.InferenceServiceGrpc;
import io.anyserve.v1.PositionLogprobs;
import io.anyserve.v1.StreamChunk;
import io.anyserve.v1.StreamEvent;
import io.anyserve.v1.ToolCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.MetadataUtils;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
final class InferenceServiceTest {

  private static final InferStreamRequest REQUEST =
      InferStreamRequest.newBuilder().setInference(TestServer.prompt("Once")).build();

  private TestServer server;

  @BeforeEach
  void start() throws Exception {
    server = TestServer.start();
  }

  @AfterEach
  void stop() throws Exception {
    await().atMost(60, TimeUnit.SECONDS).until(() -> server.streams.size() == 0);
    server.close();
  }

  @Test
  void theTicketIsInTheFirstMessageAndTheHeaders() {
    server.log.answers(this::tell);
    var headers = new AtomicReference<Metadata>();
    var trailers = new AtomicReference<Metadata>();
    var stub =
        server
            .blocking()
            .withInterceptors(MetadataUtils.newCaptureMetadataInterceptor(headers, trailers));
    List<StreamEvent> events = new ArrayList<>();
    stub.inferStream(REQUEST).forEachRemaining(events::add);
    var accepted = events.getFirst().getAccepted();
    assertEquals(accepted.getRequestId(), headers.get().get(CallMetadata.REQUEST_ID));
    assertEquals(accepted.getSession(), headers.get().get(CallMetadata.SESSION));
    assertEquals(accepted.getResumeToken(), headers.get().get(CallMetadata.RESUME_TOKEN));
    assertFalse(trailers.get().containsKey(CallMetadata.RESUME_TOKEN), "told before");
    assertEquals(accepted.getRequestId(), server.log.requests.getFirst().id().toString());
  }

  @Test
  void reasoningAndToolCallsAreToldAsAStreamAndAsAWhole() {
    server.log.answers(
        request -> {
          server.log.emit(request, Events.started());
          server.log.emit(
              request,
              Events.chunk(
                  0,
                  new AnswerDelta(
                      "I look.", "Hm.", List.of(new ToolCallDelta(0, "call_a", "time", "{")))));
          server.log.emit(
              request,
              Events.chunk(1, new AnswerDelta("", "", List.of(new ToolCallDelta(0, "", "", "}")))));
          server.log.emit(request, Events.finished(FinishReason.TOOL_CALLS));
        });
    List<StreamChunk> chunks = new ArrayList<>();
    server
        .blocking()
        .inferStream(REQUEST)
        .forEachRemaining(
            event -> {
              if (event.hasChunk()) {
                chunks.add(event.getChunk());
              }
            });
    assertEquals("Hm.", chunks.getFirst().getReasoning());
    assertEquals("call_a", chunks.getFirst().getToolCalls(0).getId());
    assertEquals("}", chunks.getLast().getToolCalls(0).getArguments());

    InferResponse whole =
        server
            .blocking()
            .infer(InferRequest.newBuilder().setInference(TestServer.prompt("Once")).build());
    assertEquals("I look.", whole.getOutput().getText());
    assertEquals("Hm.", whole.getReasoning());
    assertEquals(
        ToolCall.newBuilder().setId("call_a").setName("time").setArguments("{}").build(),
        whole.getToolCalls(0));
    assertEquals(io.anyserve.v1.FinishReason.FINISH_REASON_TOOL_CALLS, whole.getFinishReason());
  }

  @Test
  void aWorkersFailureIsARichError() {
    server.log.answers(
        request -> {
          server.log.emit(request, Events.started());
          server.log.emit(request, Events.failed(FailureCode.NO_WORKER));
        });
    var thrown = thrown(REQUEST);
    assertEquals(Status.Code.UNAVAILABLE, thrown.getStatus().getCode());
    var status = Objects.requireNonNull(StatusProto.fromThrowable(thrown));
    var info = GrpcStatuses.detail(status, ErrorInfo.class).orElseThrow();
    assertEquals("NO_WORKER", info.getReason());
    Metadata trailers = Objects.requireNonNull(thrown.getTrailers());
    assertTrue(trailers.containsKey(CallMetadata.RESUME_TOKEN), "it may be resumed");
    assertEquals("anyserve", info.getDomain());
    assertEquals(
        server.log.requests.getFirst().id().toString(), info.getMetadataOrThrow("request_id"));
    assertTrue(GrpcStatuses.detail(status, RetryInfo.class).isPresent());
  }

  @Test
  void aCallerThatLeavesCancelsTheWork() {
    Iterator<StreamEvent> events = server.blocking().inferStream(REQUEST);
    assertTrue(events.next().hasAccepted());
    InferenceRequest request = server.log.requests.getFirst();
    server.channel().shutdownNow();
    await().atMost(60, TimeUnit.SECONDS).until(() -> !server.log.commands.isEmpty());
    assertEquals(List.of(new Cancel(request.id(), CancelReason.CLIENT_GONE)), server.log.commands);
  }

  @Test
  void aDeadlineThatPassesCancelsTheWork() {
    var stub =
        InferenceServiceGrpc.newBlockingStub(server.channel())
            .withDeadlineAfter(10, TimeUnit.SECONDS);
    Iterator<StreamEvent> events = stub.inferStream(REQUEST);
    assertTrue(events.next().hasAccepted());
    var thrown = assertThrows(StatusRuntimeException.class, events::hasNext);
    assertEquals(Status.Code.DEADLINE_EXCEEDED, thrown.getStatus().getCode());
    InferenceRequest request = server.log.requests.getFirst();
    assertTrue(request.routing().deadline().isPresent());
    await().atMost(60, TimeUnit.SECONDS).until(() -> !server.log.commands.isEmpty());
    assertEquals(List.of(new Cancel(request.id(), CancelReason.DEADLINE)), server.log.commands);
  }

  @Test
  void cancelStopsARequestByItsId() {
    Iterator<StreamEvent> events = server.blocking().inferStream(REQUEST);
    String id = events.next().getAccepted().getRequestId();
    server.blocking().cancel(CancelRequest.newBuilder().setRequestId(id).build());
    InferenceRequest request = server.log.requests.getFirst();
    assertEquals(List.of(new Cancel(request.id(), CancelReason.EXPLICIT)), server.log.commands);
    server.log.emit(request, Events.started());
    server.log.emit(request, Events.cancelled(CancelReason.EXPLICIT));
    assertTrue(events.next().hasStarted());
    assertEquals(
        "CANCELLED: cancelled on request",
        TestServer.failure(assertThrows(StatusRuntimeException.class, events::hasNext)));
  }

  @Test
  void aTraceTravelsWithTheRequest() {
    server.log.answers(this::tell);
    String trace = "00-" + "a".repeat(32) + "-" + "b".repeat(16) + "-01";
    var metadata = new Metadata();
    metadata.put(Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER), trace);
    server
        .blocking()
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
        .inferStream(REQUEST)
        .forEachRemaining(event -> {});
    var header = server.log.history().getFirst().headers().lastHeader("traceparent");
    assertEquals(trace, new String(header.value(), StandardCharsets.UTF_8));
  }

  @Test
  void aFailedPublicationIsAnUnavailableBroker() {
    server.log.sendException = new KafkaException("no brokers");
    StatusRuntimeException thrown = thrown(REQUEST);
    assertEquals("BROKER_UNAVAILABLE", TestServer.failure(thrown).split(":", 2)[0]);
    Metadata trailers = Objects.requireNonNull(thrown.getTrailers());
    assertFalse(trailers.containsKey(CallMetadata.RESUME_TOKEN), "nothing was accepted");
  }

  @Test
  void moreThanTheLimitInFlightAreOverloaded() {
    List<Iterator<StreamEvent>> streams = new ArrayList<>();
    for (int i = 0; i < TestServer.LIMITS.inFlight(); i++) {
      Iterator<StreamEvent> events = server.blocking().inferStream(REQUEST);
      assertTrue(events.next().hasAccepted());
      streams.add(events);
    }
    assertTrue(TestServer.failure(thrown(REQUEST)).startsWith("OVERLOADED"));
    server.log.requests.forEach(this::tell);
    streams.forEach(events -> events.forEachRemaining(event -> {}));
  }

  @Test
  void aUnaryCallPutsBytesTogetherAndNamesTheAnswerer() {
    server.log.answers(
        request -> {
          server.log.emit(request, Events.started());
          server.log.emit(request, bytes(0, "ab"));
          server.log.emit(request, bytes(1, "cd"));
          server.log.emit(request, Events.finished());
        });
    var response = infer();
    assertEquals("abcd", response.getOutput().getData().toStringUtf8());
    assertEquals("image/png", response.getOutput().getContentType());
    assertEquals("model", response.getModel());
  }

  @Test
  void aUnaryCallSurvivesAnotherAttempt() {
    server.log.answers(
        request -> {
          server.log.emit(request, 1, Events.started());
          server.log.emit(request, 1, Events.chunk(0));
          server.log.emit(request, 2, Events.started());
          server.log.emit(request, 1, Events.chunk(1, "zombie"));
          server.log.emit(request, 2, Events.chunk(1));
          server.log.emit(request, 2, Events.finished());
        });
    assertEquals("w0 w1 ", infer().getOutput().getText());
  }

  @Test
  void aMixedUnaryAnswerIsAnErrorThatSaysWhatToDo() {
    server.log.answers(
        request -> {
          server.log.emit(request, Events.started());
          server.log.emit(request, Events.chunk(0));
          server.log.emit(request, bytes(1, "cd"));
          server.log.emit(request, Events.finished());
        });
    var thrown = assertThrows(StatusRuntimeException.class, this::infer);
    assertTrue(TestServer.failure(thrown).contains("expected: a call of InferStream"));
  }

  @Test
  void aUnaryAnswerWithoutEndIsCutOffAndTheWorkStopped() {
    server.log.answers(
        request -> {
          server.log.emit(request, Events.started());
          for (int i = 0; i < 20; i++) {
            server.log.emit(request, Events.chunk(i, "x".repeat(1 << 20)));
          }
        });
    var thrown = assertThrows(StatusRuntimeException.class, this::infer);
    assertTrue(TestServer.failure(thrown).startsWith("TOO_LARGE: answer"));
    await().atMost(60, TimeUnit.SECONDS).until(() -> server.log.commands.size() == 1);
  }

  @Test
  void likelihoodsComeWithTheAnswer() {
    server.log.answers(
        request -> {
          server.log.emit(request, Events.started());
          server.log.emit(request, Events.likely(0, "a", 0));
          server.log.emit(request, Events.likely(1, "b", 1));
          server.log.emit(request, Events.finished());
        });
    InferResponse whole = infer();
    assertEquals(2, whole.getLogprobsCount());
    assertEquals("b", whole.getLogprobs(1).getChosen().getPiece().toStringUtf8());
    assertEquals(-2f, whole.getLogprobs(1).getTop(1).getLogprob());
    assertEquals(1, whole.getLogprobs(1).getTextOffset());
    var streamed = new ArrayList<PositionLogprobs>();
    server
        .blocking()
        .inferStream(REQUEST)
        .forEachRemaining(event -> streamed.addAll(event.getChunk().getLogprobsList()));
    assertEquals(whole.getLogprobsList(), streamed);
  }

  @Test
  void aRequestThatNobodyTookEndsWithItsReason() {
    server.log.answers(
        request -> {
          var failed = (Terminal) Events.failed(FailureCode.UNKNOWN_CAPABILITY);
          server.log.emitUntaken(request, failed);
        });
    assertTrue(TestServer.failure(thrown(REQUEST)).startsWith("UNKNOWN_CAPABILITY"));
  }

  private InferResponse infer() {
    return server
        .blocking()
        .infer(InferRequest.newBuilder().setInference(TestServer.prompt("Once")).build());
  }

  private void tell(InferenceRequest request) {
    server.log.emit(request, Events.started());
    server.log.emit(request, Events.chunk(0));
    server.log.emit(request, Events.finished());
  }

  private static Chunk bytes(long sequence, String text) {
    var data = new Payload.Bytes(ByteString.copyFromUtf8(text), "image/png");
    return new Chunk(sequence, TokenIds.NONE, "", Optional.of(data));
  }

  private StatusRuntimeException thrown(InferStreamRequest request) {
    return assertThrows(
        StatusRuntimeException.class,
        () -> server.blocking().inferStream(request).forEachRemaining(event -> {}));
  }
}
