package io.anyserve.ingress.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.ingress.response.Events;
import io.anyserve.v1.InferRequest;
import io.anyserve.v1.InferResponse;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Retries under one key, with a router that knows the first submission of each request. */
@Timeout(180)
final class IdempotentRetryTest {

  private static final InferRequest REQUEST =
      InferRequest.newBuilder().setInference(TestServer.prompt("Once")).build();

  private final Map<RequestId, InferenceRequest> first = new ConcurrentHashMap<>();
  private TestServer server;
  private int unbegun;
  private int runs;

  @BeforeEach
  void start() throws Exception {
    server = TestServer.start();
    server.log.answers(this::route);
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @Test
  void aRetryRunsWhatNeverBeganAndLaterOnesReadItsStream() {
    unbegun = 2;
    refusal();
    refusal();
    assertEquals(0, runs);
    InferResponse answer = infer();
    assertEquals("w0 ", answer.getOutput().getText());
    assertEquals(3, first.size());
    assertEquals(answer, infer());
    assertEquals(1, runs);
    assertEquals(3, first.size());
  }

  @Test
  void afterSixteenTheLastOutcomeIsTheAnswer() {
    unbegun = Integer.MAX_VALUE;
    for (int i = 0; i < 20; i++) {
      refusal();
    }
    assertEquals(16, first.size());
    assertEquals(0, runs);
  }

  private void route(InferenceRequest request) {
    InferenceRequest known = first.putIfAbsent(request.id(), request);
    if (known != null) {
      var answer =
          new TokenEvent.DuplicateSubmission(
              known.routing().reply(), known.idempotency().orElseThrow().digest(), known.context());
      long asked = request.idempotency().orElseThrow().nonce();
      server.log.emit(TokenRecord.duplicate(request.id(), asked, answer));
    } else if (first.size() <= unbegun) {
      server.log.emitUntaken(
          request,
          new Cancelled(CancelReason.DEADLINE, TokenUsage.NONE, Optional.of(request.context())));
    } else {
      runs++;
      server.log.emit(request, started(request));
      server.log.emit(request, Events.chunk(0));
      server.log.emit(request, Events.finished());
    }
  }

  /** In the context of the submission, as a worker says it. */
  private static Started started(InferenceRequest request) {
    return new Started(
        request.context(),
        new WorkerId("w"),
        request.context().capability(),
        "model",
        3,
        0,
        false,
        Optional.empty());
  }

  private InferResponse infer() {
    var metadata = new Metadata();
    metadata.put(Metadata.Key.of("idempotency-key", Metadata.ASCII_STRING_MARSHALLER), "key-1");
    return server
        .blocking()
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
        .infer(REQUEST);
  }

  private void refusal() {
    var thrown = assertThrows(StatusRuntimeException.class, this::infer);
    assertTrue(TestServer.failure(thrown).startsWith("DEADLINE_EXCEEDED"), thrown.toString());
  }
}
