package io.anyserve.worker.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.RequestId;
import io.anyserve.v1.ConnectWorkerRequest;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The call to one router, with a clock to turn. Everything runs on the test's thread. */
@SuppressWarnings("NullAway.Init") // set before each test
final class RouterLinkTest {

  private static final ConnectWorkerRequest KEEP_ALIVE =
      ConnectWorkerRequest.newBuilder().setProcessId(17).build();
  private static final ConnectWorkerRequest GOODBYE =
      ConnectWorkerRequest.newBuilder().setProcessId(18).build();

  private final FakeRouter router = new FakeRouter();
  private final RecordedEvents events = new RecordedEvents();
  private final Queue<Runnable> work = new ArrayDeque<>();
  private final String name = InProcessServerBuilder.generateName();
  private long now;
  private int channels;
  private Server server;
  private RouterLink link;

  @BeforeEach
  void start() throws IOException {
    server = serve();
    link =
        new RouterLink(
            "r1",
            () -> {
              channels++;
              return InProcessChannelBuilder.forName(name).directExecutor().build();
            },
            () -> KEEP_ALIVE,
            events,
            work::add,
            () -> now);
  }

  @AfterEach
  void stop() throws InterruptedException {
    link.leave(GOODBYE);
    link.awaitClosed(Duration.ofSeconds(10));
    server.shutdownNow();
  }

  @Test
  void theFirstKeepAliveComesAtOnceAndTheOthersOnTheSameCall() {
    tick(Duration.ZERO);
    assertTrue(link.connected());
    tick(Duration.ofMillis(250));
    assertEquals(1, router.calls.size());
    assertEquals(List.of(KEEP_ALIVE, KEEP_ALIVE), router.calls.getFirst().heard);
    assertEquals(List.of(), events.all, "the first connection is no reconnection");
  }

  @Test
  void aCallThatBreaksOffIsReplacedAtOnce() {
    tick(Duration.ZERO);
    router.calls.getFirst().breakOff();
    settle();
    assertEquals(2, router.calls.size());
    assertEquals(List.of(KEEP_ALIVE), router.calls.getLast().heard);
    assertEquals(List.of("reconnected"), events.all);
  }

  @Test
  void aRouterThatIsGoneIsTriedMoreAndMoreSlowly() throws IOException {
    tick(Duration.ZERO);
    server.shutdownNow();
    settle();
    assertFalse(link.connected());
    server = serve();
    Duration first = RouterLink.FIRST_PAUSE;
    tick(first.minusMillis(1));
    assertEquals(1, router.calls.size());
    server.shutdownNow();
    tick(Duration.ofMillis(1));
    server = serve();
    tick(first.multipliedBy(2).minusMillis(1));
    assertEquals(1, router.calls.size());
    tick(Duration.ofMillis(1));
    assertEquals(2, router.calls.size());
    assertTrue(link.connected());
    assertEquals(List.of("reconnected"), events.all);
  }

  @Test
  void aRouterThatAnswersNothingGetsANewConnection() {
    tick(Duration.ZERO);
    router.answers = false;
    tick(RouterLink.UNANSWERED);
    assertEquals(1, channels);
    tick(Duration.ofNanos(1));
    assertEquals(2, channels);
    assertFalse(link.connected());
    router.answers = true;
    tick(Duration.ofMillis(250));
    assertTrue(link.connected());
    assertEquals(List.of("reconnected"), events.all);
  }

  @Test
  void whatWasPublishedAgainIsPassedOn() {
    RequestId request = RequestId.next(0, new Random(1));
    tick(Duration.ZERO);
    router.calls.getFirst().republished(request, 3);
    assertEquals(List.of("superseded " + request + " 3"), events.all);
  }

  @Test
  void aWorkerThatLeavesSaysGoodbyeAndComesBackNoMore() {
    tick(Duration.ZERO);
    link.leave(GOODBYE);
    settle();
    assertEquals(List.of(KEEP_ALIVE, GOODBYE), router.calls.getFirst().heard);
    assertTrue(router.calls.getFirst().halfClosed);
    assertEquals(1, router.calls.size());
  }

  private Server serve() throws IOException {
    return InProcessServerBuilder.forName(name).directExecutor().addService(router).build().start();
  }

  private void tick(Duration later) {
    now += later.toNanos();
    link.tick();
    settle();
  }

  private void settle() {
    for (Runnable next = work.poll(); next != null; next = work.poll()) {
      next.run();
    }
  }
}
