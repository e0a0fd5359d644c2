package io.anyserve.worker.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.codec.WorkerCodec;
import io.anyserve.contracts.event.WorkerHeartbeat;
import io.anyserve.contracts.event.WorkerState;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The calls of one worker to routers on sockets. */
@Timeout(120)
@SuppressWarnings("NullAway.Init") // set before each test
final class RouterLinksTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final FakeRouter first = new FakeRouter();
  private final FakeRouter second = new FakeRouter();
  private final RecordedEvents events = new RecordedEvents();
  private Server one;
  private Server two;

  @BeforeEach
  void start() throws IOException {
    one = serve(first);
    two = serve(second);
  }

  @AfterEach
  void stop() throws InterruptedException {
    one.shutdownNow().awaitTermination();
    two.shutdownNow().awaitTermination();
  }

  @Test
  void aStartedWorkerIsKnownToEveryRouterAsOneProcess() throws Exception {
    try (RouterLinks links = links(one.getPort(), two.getPort())) {
      assertFalse(links.connected());
      links.start();
      Awaitility.await().atMost(PATIENCE).until(links::connected);
      Awaitility.await().atMost(PATIENCE).until(() -> heard(first) > 1 && heard(second) > 1);
      var processes =
          Stream.of(first, second)
              .flatMap(router -> router.calls.stream())
              .flatMap(call -> call.heard.stream())
              .map(keepAlive -> keepAlive.getProcessId())
              .distinct()
              .toList();
      assertEquals(1, processes.size());
    }
    for (FakeRouter router : List.of(first, second)) {
      Awaitility.await().atMost(PATIENCE).until(() -> router.calls.getLast().halfClosed);
      assertEquals(
          WorkerState.STOPPED,
          WorkerCodec.heartbeat(router.calls.getLast().heard.getLast().getHeartbeat()).state());
    }
  }

  @Test
  void aRouterThatIsNotThereHoldsUpNoWork() throws Exception {
    int port = two.getPort();
    two.shutdownNow().awaitTermination();
    try (RouterLinks links = links(one.getPort(), port)) {
      links.start();
      assertFalse(links.connected());
      two = serve(second, port);
      Awaitility.await().atMost(PATIENCE).until(links::connected);
    }
  }

  @Test
  void withoutRoutersNothingIsConnected() throws Exception {
    try (RouterLinks links = links()) {
      links.start();
      assertFalse(links.connected());
    }
  }

  @Test
  void addressesAreReadFromTheSettings() {
    assertEquals(
        List.of(new RouterAddress("a", 1), new RouterAddress("b.c", 65_535)),
        RouterAddress.parseAll("a:1, b.c:65535"));
    assertEquals(List.of(), RouterAddress.parseAll(" "));
    var mistake =
        assertThrows(IllegalArgumentException.class, () -> RouterAddress.parseAll("a:1,b"));
    assertTrue(String.valueOf(mistake.getMessage()).contains("router: b (expected: host:port)"));
  }

  private static long heard(FakeRouter router) {
    return router.calls.stream().mapToLong(call -> call.heard.size()).sum();
  }

  private RouterLinks links(int... ports) {
    return new RouterLinks(
        Arrays.stream(ports).mapToObj(port -> new RouterAddress("127.0.0.1", port)).toList(),
        () ->
            new WorkerHeartbeat(
                new WorkerId("w1"),
                List.of(),
                WorkerState.READY,
                1,
                Instant.EPOCH,
                Duration.ofSeconds(3)),
        events);
  }

  private static Server serve(FakeRouter router) throws IOException {
    return serve(router, 0);
  }

  private static Server serve(FakeRouter router, int port) throws IOException {
    return NettyServerBuilder.forAddress(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
        .directExecutor()
        .addService(router)
        .build()
        .start();
  }
}
