package io.anyserve.ingress.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.ControlCommand.Cancel;
import io.anyserve.ingress.kafka.RequestPublisher;
import io.anyserve.ingress.response.Events;
import io.anyserve.v1.CancelRequest;
import io.anyserve.v1.DescribeRequestRequest;
import io.anyserve.v1.DescribeRequestResponse;
import io.anyserve.v1.GetRequestRequest;
import io.anyserve.v1.GetRequestResponse;
import io.anyserve.v1.InferStreamRequest;
import io.anyserve.v1.RequestState;
import io.anyserve.v1.ResumeRequest;
import io.anyserve.v1.RouterServiceGrpc.RouterServiceImplBase;
import io.anyserve.v1.StreamEvent;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests known by their id only, asked of a router in this process. */
@Timeout(180)
final class RequestOperationsTest {

  private static final RequestId ELSEWHERE = new RequestId(5, 6);

  private final Map<String, DescribeRequestResponse> known = new ConcurrentHashMap<>();
  private Server router;
  private RouterClient client;
  private TestServer server;

  @BeforeEach
  void start() throws Exception {
    String name = InProcessServerBuilder.generateName();
    router = InProcessServerBuilder.forName(name).addService(new Router()).build().start();
    client = new RouterClient(Optional.of(() -> InProcessChannelBuilder.forName(name).build()));
    server = TestServer.start(client);
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
    client.close();
    router.shutdownNow();
  }

  @Test
  void theRouterSaysWhatBecameOfARequest() {
    known.put(ELSEWHERE.toString(), answer("default", RequestState.REQUEST_STATE_RUNNING));
    GetRequestResponse found = get(ELSEWHERE.toString());
    assertEquals(RequestState.REQUEST_STATE_RUNNING, found.getState());
    assertEquals("w-1", found.getWorker());
  }

  @Test
  void anotherTenantsRequestIsNotThere() {
    known.put(ELSEWHERE.toString(), answer("other", RequestState.REQUEST_STATE_RUNNING));
    assertTrue(getFailure(ELSEWHERE.toString()).startsWith("REQUEST_NOT_FOUND"));
    assertTrue(cancelFailure(ELSEWHERE.toString()).startsWith("REQUEST_NOT_FOUND"));
    assertEquals(List.of(), server.log.commands);
  }

  @Test
  void whatTheRouterDoesNotKnowIsNotThere() {
    assertTrue(getFailure(ELSEWHERE.toString()).startsWith("REQUEST_NOT_FOUND"));
    assertTrue(getFailure("nonsense").startsWith("INVALID_REQUEST"));
  }

  @Test
  void aRequestThatWaitsHereIsAcceptedAndThenTheRouters() {
    Iterator<StreamEvent> events =
        server
            .blocking()
            .inferStream(
                InferStreamRequest.newBuilder().setInference(TestServer.prompt("Once")).build());
    String id = events.next().getAccepted().getRequestId();
    assertEquals(RequestState.REQUEST_STATE_ACCEPTED, get(id).getState());
    InferenceRequest request = server.log.requests.getFirst();
    server.log.emit(request, Events.started());
    assertTrue(events.next().hasStarted());
    assertEquals(RequestState.REQUEST_STATE_RUNNING, get(id).getState());
    assertEquals("w", get(id).getWorker());
    known.put(id, answer("default", RequestState.REQUEST_STATE_RUNNING));
    assertEquals(RequestState.REQUEST_STATE_RUNNING, get(id).getState());
    server.log.emit(request, Events.finished());
    assertTrue(events.next().hasFinished());
  }

  @Test
  void rightAfterItsEndARequestIsFinishedThoughTheRouterLags() {
    var request = InferStreamRequest.newBuilder().setInference(TestServer.prompt("Once")).build();
    server.log.answers(
        asked -> {
          server.log.emit(asked, Events.started());
          server.log.emit(asked, Events.chunk(0));
          server.log.emit(asked, Events.finished());
        });
    for (int i = 0; i < 1_000; i++) {
      List<StreamEvent> events = new ArrayList<>();
      server.blocking().inferStream(request).forEachRemaining(events::add);
      String id = events.getFirst().getAccepted().getRequestId();
      if (i % 2 == 0) {
        known.put(id, answer("default", RequestState.REQUEST_STATE_RUNNING));
      }
      GetRequestResponse found = get(id);
      assertEquals(RequestState.REQUEST_STATE_FINISHED, found.getState());
      assertEquals(events.getLast().getFinished().getUsage(), found.getUsage());
      assertEquals(1, found.getUsage().getCompletionTokens());
      assertEquals(1, found.getChunks());
      assertEquals("model", found.getModel());
      assertEquals(events.getFirst().getAccepted().getSession(), found.getSession());
    }
  }

  @Test
  void theEndOfAStreamThatWasResumedMidwayIsAddedToTheRoutersWord() throws Exception {
    var call = InferStreamRequest.newBuilder().setInference(TestServer.prompt("Once")).build();
    try (TestServer first = TestServer.start()) {
      Iterator<StreamEvent> events = first.blocking().inferStream(call);
      String id = events.next().getAccepted().getRequestId();
      InferenceRequest request = first.log.requests.getFirst();
      first.log.emit(request, Events.started());
      first.log.emit(request, Events.chunk(0));
      assertTrue(events.next().hasStarted());
      String token = events.next().getChunk().getResumeToken();
      known.put(id, answer("default", RequestState.REQUEST_STATE_RUNNING));
      Iterator<StreamEvent> rest =
          server
              .blocking()
              .resume(ResumeRequest.newBuilder().setResumeToken(token).setFromSequence(1).build());
      assertTrue(rest.next().hasAccepted());
      server.log.emit(request, Events.started());
      server.log.emit(request, Events.chunk(0));
      server.log.emit(request, Events.finished());
      assertTrue(rest.next().hasFinished(), "what lies before the token's place is not told");
      GetRequestResponse found = get(id);
      assertEquals(RequestState.REQUEST_STATE_FINISHED, found.getState());
      assertEquals("w-1", found.getWorker());
      assertEquals(1, found.getChunks());
      assertEquals(1, found.getUsage().getCompletionTokens());
    }
  }

  @Test
  void theRoutersWordCountsOnceItKnowsTheEnd() {
    var request = InferStreamRequest.newBuilder().setInference(TestServer.prompt("Once")).build();
    server.log.answers(asked -> server.log.emit(asked, Events.started()));
    var events = server.blocking().inferStream(request);
    String id = events.next().getAccepted().getRequestId();
    assertTrue(events.next().hasStarted());
    server.log.emit(server.log.requests.getFirst(), Events.failed(FailureCode.ENGINE_FAILED));
    assertThrows(StatusRuntimeException.class, events::hasNext);
    assertEquals("ENGINE_FAILED", get(id).getCode());
    assertEquals("w", get(id).getWorker());
    known.put(id, answer("default", RequestState.REQUEST_STATE_FAILED));
    assertEquals("w-1", get(id).getWorker());
    known.put(id, answer("other", RequestState.REQUEST_STATE_FAILED));
    assertEquals("w", get(id).getWorker());
  }

  @Test
  void aRequestOfAnotherIngressIsCancelled() {
    known.put(ELSEWHERE.toString(), answer("default", RequestState.REQUEST_STATE_RUNNING));
    cancel(ELSEWHERE.toString());
    assertEquals(List.of(new Cancel(ELSEWHERE, CancelReason.EXPLICIT)), server.log.commands);
  }

  @Test
  void whatHasEndedIsNotCancelled() {
    known.put(ELSEWHERE.toString(), answer("default", RequestState.REQUEST_STATE_FINISHED));
    assertTrue(cancelFailure(ELSEWHERE.toString()).startsWith("REQUEST_NOT_FOUND"));
    assertEquals(List.of(), server.log.commands);
  }

  /** On the router's thread, which nobody watches. */
  @Test
  void aFaultWhileItIsAnsweredEndsTheCall() {
    known.put(ELSEWHERE.toString(), answer("default", RequestState.REQUEST_STATE_RUNNING));
    var told = new CompletableFuture<Throwable>();
    var observer =
        new StreamObserver<GetRequestResponse>() {
          @Override
          public void onNext(GetRequestResponse response) {
            throw new IllegalStateException("thrown on purpose by a test");
          }

          @Override
          public void onError(Throwable error) {
            told.complete(error);
          }

          @Override
          public void onCompleted() {}
        };
    new RequestOperations(
            server.streams,
            new RequestPublisher(() -> server.log, FakeLog.TOPICS, _ -> true),
            client)
        .describe(ELSEWHERE, new TenantId("default"), observer);
    var ended = (StatusRuntimeException) told.orTimeout(60, TimeUnit.SECONDS).join();
    assertEquals("INTERNAL: an internal fault; the log says more", TestServer.failure(ended));
  }

  @Test
  void aRouterThatIsGoneIsUnavailable() {
    router.shutdownNow();
    var thrown = assertThrows(StatusRuntimeException.class, () -> get(ELSEWHERE.toString()));
    assertEquals(Status.Code.UNAVAILABLE, thrown.getStatus().getCode());
    assertTrue(TestServer.failure(thrown).contains("the router does not answer"));
  }

  private GetRequestResponse get(String id) {
    return server.blocking().getRequest(GetRequestRequest.newBuilder().setRequestId(id).build());
  }

  private void cancel(String id) {
    server.blocking().cancel(CancelRequest.newBuilder().setRequestId(id).build());
  }

  private String getFailure(String id) {
    return TestServer.failure(assertThrows(StatusRuntimeException.class, () -> get(id)));
  }

  private String cancelFailure(String id) {
    return TestServer.failure(assertThrows(StatusRuntimeException.class, () -> cancel(id)));
  }

  private static DescribeRequestResponse answer(String tenant, RequestState state) {
    return DescribeRequestResponse.newBuilder()
        .setTenant(tenant)
        .setRequest(GetRequestResponse.newBuilder().setState(state).setWorker("w-1"))
        .build();
  }

  private final class Router extends RouterServiceImplBase {

    @Override
    public void describeRequest(
        DescribeRequestRequest request, StreamObserver<DescribeRequestResponse> observer) {
      DescribeRequestResponse found = known.get(request.getRequestId());
      if (found == null) {
        observer.onError(Status.NOT_FOUND.asRuntimeException());
      } else {
        observer.onNext(found);
        observer.onCompleted();
      }
    }
  }
}
