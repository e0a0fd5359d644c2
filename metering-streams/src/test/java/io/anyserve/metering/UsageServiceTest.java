package io.anyserve.metering;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.auth.ApiKeyInterceptor;
import io.anyserve.contracts.auth.ApiKeys;
import io.anyserve.contracts.event.SessionUsage;
import io.anyserve.contracts.wire.StatusWire;
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
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class UsageServiceTest {

  private final FakeUsage ledger = new FakeUsage();
  private final String name = InProcessServerBuilder.generateName();
  private final Server server =
      InProcessServerBuilder.forName(name)
          .directExecutor()
          .intercept(new ApiKeyInterceptor(new ApiKeys(List.of()), Set.of()))
          .addService(new UsageService(ledger))
          .build();
  private final ManagedChannel channel =
      InProcessChannelBuilder.forName(name).directExecutor().build();
  private final UsageServiceGrpc.UsageServiceBlockingStub stub =
      UsageServiceGrpc.newBlockingStub(channel);

  @BeforeEach
  void start() throws IOException {
    server.start();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.shutdownNow();
  }

  @Test
  void tellsWhatASessionUsed() {
    ledger.put(usage("default", "s1", 3));

    var answer = get("s1");
    assertEquals("default", answer.getTenant());
    assertEquals("s1", answer.getSession());
    assertEquals(3, answer.getRequests());
    assertEquals(30, answer.getCompletionTokens());
  }

  @Test
  void anUnknownSessionAndAnotherTenantsLookTheSame() {
    ledger.put(usage("other", "s1", 1));

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
    ledger.fail("restoring");

    var refused = assertThrows(StatusRuntimeException.class, () -> get("s1"));
    assertEquals(io.grpc.Status.Code.UNAVAILABLE, refused.getStatus().getCode());
    assertTrue(String.valueOf(refused.getMessage()).contains("restoring"));
  }

  @Test
  void aWatchStartsWithTheTotalsAndFollowsThem() throws Exception {
    ledger.put(usage("default", "s1", 1));
    Watching watching = new Watching(Integer.MAX_VALUE);
    watching.open(channel, "s1");

    assertEquals(1, watching.next());
    ledger.put(usage("default", "s1", 2));
    assertEquals(2, watching.next());
    ledger.put(usage("default", "other", 9));
    ledger.put(usage("default", "s1", 2));
    ledger.put(usage("default", "s1", 1));
    ledger.put(usage("default", "s1", 3));
    assertEquals(3, watching.next());
  }

  @Test
  void aSlowWatcherSkipsToTheLatest() throws Exception {
    ledger.put(usage("default", "s1", 1));
    Watching watching = new Watching(1);
    watching.open(channel, "s1");
    assertEquals(1, watching.next());
    for (int requests = 2; requests <= 1_000; requests++) {
      ledger.put(usage("default", "s1", requests));
    }
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
    ledger.put(usage("default", "s1", 1));
    Watching watching = new Watching(Integer.MAX_VALUE);
    watching.open(channel, "s1");
    await().until(() -> ledger.watched());
    watching.cancel();
    await().until(() -> !ledger.watched());
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
    return StatusWire.read(refused).orElseThrow().code();
  }

  private static SessionUsage usage(String tenant, String session, int requests) {
    return new SessionUsage(
        new TenantId(tenant),
        new SessionId(session),
        requests,
        0,
        0,
        new TokenUsage(7L * requests, 10L * requests, 0),
        requests,
        Instant.EPOCH,
        Instant.EPOCH);
  }

  /** A client that takes as many messages as it says. */
  private static final class Watching
      implements ClientResponseObserver<WatchSessionUsageRequest, WatchSessionUsageResponse> {

    private final int first;
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

    long next() throws InterruptedException {
      Long next = requests.poll(30, TimeUnit.SECONDS);
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
      requests.add(response.getUsage().getRequests());
    }

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {}
  }
}
