package io.anyserve.metering.api;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.codec.GrpcStatuses;
import io.anyserve.runtime.auth.ApiKeyInterceptor;
import io.anyserve.runtime.auth.ApiKeys;
import io.anyserve.v1.GetSessionUsageRequest;
import io.anyserve.v1.UsageServiceGrpc;
import io.anyserve.v1.WatchSessionUsageRequest;
import io.anyserve.v1.WatchSessionUsageResponse;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(240)
final class SessionCallsTest {

  private final Counted counted = new Counted();
  private final UsageApi api =
      new UsageApi(UsageApi.Sources.of(counted), counted, InstantSource.fixed(TestEntry.NOON));
  private final String name = InProcessServerBuilder.generateName();
  private final Server server =
      InProcessServerBuilder.forName(name)
          .directExecutor()
          .intercept(new ApiKeyInterceptor(new ApiKeys(List.of()), Set.of()))
          .addService(api.service())
          .build();
  private final ManagedChannel channel =
      InProcessChannelBuilder.forName(name).directExecutor().build();
  private final UsageServiceGrpc.UsageServiceBlockingStub stub =
      UsageServiceGrpc.newBlockingStub(channel);

  @BeforeEach
  void start() throws Exception {
    api.start();
    server.start();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.shutdownNow();
    api.close();
  }

  @Test
  void tellsWhatASessionUsed() {
    put("s1", 3);

    var answer = get("s1");
    assertEquals("default", answer.getTenant());
    assertEquals("s1", answer.getSession());
    assertEquals(3, answer.getRequests());
    assertEquals(30, answer.getCompletionTokens());
  }

  @Test
  void anUnknownSessionAndAnotherTenantsLookTheSame() {
    counted.add(TestEntry.of("other", "s1").entry());

    assertEquals(FailureCode.SESSION_NOT_FOUND, refusal(() -> get("s1")));
    assertEquals(FailureCode.SESSION_NOT_FOUND, refusal(() -> get("s2")));
    assertEquals(FailureCode.SESSION_NOT_FOUND, refusal(() -> watchFirst("s1")));
  }

  @Test
  void aNameThatNoSessionCanHaveIsInvalid() {
    assertEquals(FailureCode.INVALID_REQUEST, refusal(() -> get("")));
    assertEquals(FailureCode.INVALID_REQUEST, refusal(() -> get("a/b")));
    assertEquals(FailureCode.INVALID_REQUEST, refusal(() -> watchFirst("a\0b")));
  }

  @Test
  void saysWhyItCannotTellNow() {
    counted.trouble = "restoring";

    var refused = assertThrows(StatusRuntimeException.class, () -> get("s1"));
    assertEquals(io.grpc.Status.Code.UNAVAILABLE, refused.getStatus().getCode());
    assertTrue(String.valueOf(refused.getMessage()).contains("restoring"));
  }

  @Test
  void aWatchStartsWithTheTotalsAndFollowsThem() throws Exception {
    put("s1", 1);
    Watching watching = new Watching(Integer.MAX_VALUE);
    watching.open(channel, "s1");

    assertEquals(1, watching.next());
    put("s1", 1);
    assertEquals(2, watching.next());
    put("other", 9);
    put("s1", 1);
    assertEquals(3, watching.next());
  }

  @Test
  void aSlowWatcherSkipsToTheLatest() throws Exception {
    put("s1", 1);
    Watching watching = new Watching(1);
    watching.open(channel, "s1");
    assertEquals(1, watching.next());
    put("s1", 999);
    watching.take(1_000);

    long last = 1;
    int received = 0;
    while (last < 1_000) {
      long next = watching.next();
      assertTrue(next > last, () -> "goes back");
      last = next;
      received++;
    }
    assertTrue(received < 100, "nothing skipped: " + received);
  }

  @Test
  void aWatchEndsWithItsCaller() {
    put("s1", 1);
    Watching watching = new Watching(Integer.MAX_VALUE);
    watching.open(channel, "s1");
    await().atMost(Duration.ofSeconds(60)).until(() -> watching.received() > 0);
    watching.cancel();
    put("s1", 1);
    await()
        .during(Duration.ofMillis(200))
        .atMost(Duration.ofSeconds(60))
        .until(() -> watching.received() == 1);
  }

  private io.anyserve.v1.SessionUsage get(String session) {
    return stub.getSessionUsage(GetSessionUsageRequest.newBuilder().setSession(session).build())
        .getUsage();
  }

  private void watchFirst(String session) {
    stub.watchSessionUsage(WatchSessionUsageRequest.newBuilder().setSession(session).build())
        .next();
  }

  private static FailureCode refusal(Runnable call) {
    var refused = assertThrows(StatusRuntimeException.class, call::run);
    return GrpcStatuses.read(refused).orElseThrow().code();
  }

  private void put(String session, int requests) {
    for (int i = 0; i < requests; i++) {
      counted.add(TestEntry.of("default", session).entry());
    }
  }

  /** A client that takes as many messages as it says. */
  private static final class Watching
      implements ClientResponseObserver<WatchSessionUsageRequest, WatchSessionUsageResponse> {

    private final int first;
    private final AtomicInteger received = new AtomicInteger();
    private final BlockingQueue<Long> requests = new LinkedBlockingQueue<>();
    private @Nullable ClientCallStreamObserver<WatchSessionUsageRequest> call;

    Watching(int first) {
      this.first = first;
    }

    void open(ManagedChannel channel, String session) {
      UsageServiceGrpc.newStub(channel)
          .watchSessionUsage(
              WatchSessionUsageRequest.newBuilder().setSession(session).build(), this);
    }

    int received() {
      return received.get();
    }

    long next() throws InterruptedException {
      Long next = requests.poll(90, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("nothing came");
      }
      return next;
    }

    void take(int more) {
      call().request(more);
    }

    void cancel() {
      call().cancel("enough", null);
    }

    private ClientCallStreamObserver<WatchSessionUsageRequest> call() {
      if (call == null) {
        throw new IllegalStateException("not open");
      }
      return call;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<WatchSessionUsageRequest> stream) {
      call = stream;
      stream.disableAutoRequestWithInitial(first);
    }

    @Override
    public void onNext(WatchSessionUsageResponse response) {
      received.incrementAndGet();
      requests.add(response.getUsage().getRequests());
    }

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {}
  }
}
