package io.anyserve.router.status;

import static io.anyserve.router.Samples.NOW;
import static io.anyserve.router.Samples.id;
import static io.anyserve.router.Samples.stopped;
import static io.anyserve.router.Samples.worker;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.codec.WorkerCodec;
import io.anyserve.contracts.event.WorkerHeartbeat;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.router.FakePastLog;
import io.anyserve.router.TestClock;
import io.anyserve.router.connection.SupersededAttempt;
import io.anyserve.router.connection.WorkerConnections;
import io.anyserve.router.recovery.InFlightIndex;
import io.anyserve.v1.ConnectWorkerRequest;
import io.anyserve.v1.ConnectWorkerResponse;
import io.anyserve.v1.RouterServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A worker's call through a real stub. Everything runs on the test's thread. */
@SuppressWarnings("NullAway.Init") // set before each test
final class WorkerCallsTest {

  private static final WorkerId WORKER = new WorkerId("w1");

  private final WorkerConnections connections = new WorkerConnections();
  private final TestClock clock = new TestClock(NOW);
  private final WorkerCalls calls = new WorkerCalls(connections, clock);
  private final Answers answers = new Answers();
  private Server server;
  private ManagedChannel channel;
  private StreamObserver<ConnectWorkerRequest> call;

  /** What the worker hears. */
  private static final class Answers implements StreamObserver<ConnectWorkerResponse> {

    private final List<ConnectWorkerResponse> heard = new ArrayList<>();
    private @Nullable Status end;

    @Override
    public void onNext(ConnectWorkerResponse answer) {
      heard.add(answer);
    }

    @Override
    public void onError(Throwable cause) {
      end = Status.fromThrowable(cause);
    }

    @Override
    public void onCompleted() {
      end = Status.OK;
    }
  }

  @BeforeEach
  void start() throws IOException {
    String name = InProcessServerBuilder.generateName();
    var status = // nobody asks it here
        new StatusService(
            new RequestStatusLookup(
                new InFlightIndex(), TopicNames.withDefaultPrefix(), new FakePastLog(), clock),
            new PeerRouters(),
            () -> new InetSocketAddress(0));
    server =
        InProcessServerBuilder.forName(name)
            .directExecutor()
            .addService(new RouterGrpcService(status, calls))
            .build()
            .start();
    channel = InProcessChannelBuilder.forName(name).directExecutor().build();
    call = connect(answers);
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.shutdownNow();
  }

  @Test
  void everyKeepAliveIsAnswered() {
    say(call, worker("w1", NOW, "story"), 1);
    say(call, worker("w1", NOW, "story"), 1);
    assertEquals(
        List.of(
            ConnectWorkerResponse.getDefaultInstance(), ConnectWorkerResponse.getDefaultInstance()),
        answers.heard);
    assertEquals(1, connections.connected());
  }

  @Test
  void aCallThatBreaksOffIsNoticed() {
    say(call, worker("w1", NOW, "story"), 1);
    call.onError(Status.CANCELLED.asException());
    assertTrue(connections.reconnecting(WORKER, clock.millis()));
    assertEquals(0, connections.connected());
  }

  @Test
  void aWorkerThatSaysGoodbyeHasLeftAtOnce() {
    say(call, worker("w1", NOW, "story"), 1);
    say(call, stopped("w1", NOW), 1);
    call.onCompleted();
    assertTrue(connections.lost(WORKER, clock.millis() - 1, clock.millis()));
    assertEquals(Status.OK, answers.end);
  }

  @Test
  void aWorkerIsToldWhatWasPublishedAgain() {
    say(call, worker("w1", NOW, "story"), 1);
    connections.republished(WORKER, List.of(new SupersededAttempt(id(1), 3)), clock.millis());
    assertTold(answers.heard.getLast());
    call.onError(Status.CANCELLED.asException());
    Answers back = new Answers();
    say(connect(back), worker("w1", NOW, "story"), 1);
    assertTold(back.heard.getFirst());
  }

  private static void assertTold(ConnectWorkerResponse answer) {
    assertEquals(1, answer.getRepublishedCount());
    assertEquals(id(1), RequestId.of(answer.getRepublished(0).getRequestId().toByteArray()));
    assertEquals(3, answer.getRepublished(0).getAttempt());
  }

  @Test
  void aKeepAliveThatNamesNoWorkerEndsTheCall() {
    call.onNext(ConnectWorkerRequest.getDefaultInstance());
    assertEquals(Status.Code.INVALID_ARGUMENT, code());
  }

  private Status.@Nullable Code code() {
    Status end = answers.end;
    return end == null ? null : end.getCode();
  }

  @Test
  void aRouterThatStopsEndsTheCalls() {
    say(call, worker("w1", NOW, "story"), 1);
    calls.end();
    assertEquals(Status.OK, answers.end);
  }

  private StreamObserver<ConnectWorkerRequest> connect(Answers to) {
    return RouterServiceGrpc.newStub(channel).connectWorker(to);
  }

  private static void say(
      StreamObserver<ConnectWorkerRequest> call, WorkerHeartbeat heartbeat, long process) {
    call.onNext(
        ConnectWorkerRequest.newBuilder()
            .setHeartbeat(WorkerCodec.message(heartbeat))
            .setProcessId(process)
            .build());
  }
}
