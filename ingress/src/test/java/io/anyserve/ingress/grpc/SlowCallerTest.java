package io.anyserve.ingress.grpc;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.InferenceRequest;
import io.anyserve.ingress.response.Events;
import io.anyserve.v1.InferStreamRequest;
import io.anyserve.v1.InferenceServiceGrpc;
import io.anyserve.v1.StreamEvent;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A caller that does not read fills its own connection, its queue, and nothing else. */
@Timeout(180)
final class SlowCallerTest {

  private static final String PIECE = "x".repeat(10_000);

  /** More than the transport takes with its window of this size, less than the queue behind it. */
  private static final int BEARABLE = 45;

  private static final int WINDOW = 65_535;

  private TestServer server;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws Exception {
    server = TestServer.start();
    channel =
        NettyChannelBuilder.forAddress(server.server.address())
            .flowControlWindow(WINDOW)
            .usePlaintext()
            .build();
  }

  @AfterEach
  void stop() throws Exception {
    channel.shutdownNow();
    server.close();
  }

  @Test
  void whatWaitsComesWhenTheCallerReadsAgain() throws Exception {
    Caller caller = call();
    InferenceRequest request = request();
    server.log.emit(request, Events.started());
    for (int i = 0; i < BEARABLE; i++) {
      server.log.emit(request, Events.chunk(i, PIECE));
    }
    server.log.emit(request, Events.finished());
    assertEquals(1, server.streams.size());
    caller.readAll();
    assertEquals("finished", caller.end.get(60, TimeUnit.SECONDS));
    assertEquals(BEARABLE, caller.chunks.get());
    assertEquals(List.of(), server.log.commands);
  }

  @Test
  void whatIsTooMuchToWaitComesFromTheLog() throws Exception {
    Caller caller = call();
    InferenceRequest request = request();
    server.log.emit(request, Events.started());
    for (int i = 0; i < 10 * BEARABLE; i++) {
      server.log.emit(request, Events.chunk(i, PIECE));
    }
    assertTrue(server.meters.counter("anyserve.ingress.replies.overflowed").count() > 0);
    caller.readAll();
    await().atMost(60, TimeUnit.SECONDS).until(() -> caller.chunks.get() == 10 * BEARABLE);
    server.log.emit(request, Events.chunk(10 * BEARABLE, PIECE));
    server.log.emit(request, Events.finished());
    assertEquals("finished", caller.end.get(60, TimeUnit.SECONDS));
    assertEquals(10 * BEARABLE + 1, caller.chunks.get());
    assertTrue(caller.inOrder);
    assertEquals(List.of(), server.log.commands);
  }

  private Caller call() {
    var caller = new Caller();
    InferenceServiceGrpc.newStub(channel)
        .inferStream(
            InferStreamRequest.newBuilder().setInference(TestServer.prompt("Once")).build(),
            caller);
    await().atMost(60, TimeUnit.SECONDS).until(() -> server.log.requests.size() == 1);
    return caller;
  }

  private InferenceRequest request() {
    return server.log.requests.getFirst();
  }

  /** Reads nothing until it is told to. */
  private static final class Caller
      implements ClientResponseObserver<InferStreamRequest, StreamEvent> {

    volatile boolean inOrder = true;
    final AtomicInteger chunks = new AtomicInteger();
    final CompletableFuture<String> end = new CompletableFuture<>();
    private final CompletableFuture<ClientCallStreamObserver<InferStreamRequest>> started =
        new CompletableFuture<>();

    @Override
    public void beforeStart(ClientCallStreamObserver<InferStreamRequest> call) {
      call.disableAutoRequestWithInitial(0);
      started.complete(call);
    }

    void readAll() {
      started.join().request(Integer.MAX_VALUE);
    }

    @Override
    public void onNext(StreamEvent event) {
      if (event.hasChunk()) {
        inOrder &= event.getChunk().getSequence() == chunks.getAndIncrement();
      }
    }

    @Override
    public void onError(Throwable error) {
      end.complete(String.valueOf(error));
    }

    @Override
    public void onCompleted() {
      end.complete("finished");
    }
  }
}
