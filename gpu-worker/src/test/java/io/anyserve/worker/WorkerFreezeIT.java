package io.anyserve.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.contracts.event.WorkerHeartbeat;
import io.anyserve.contracts.event.WorkerState;
import io.anyserve.worker.TokenReader.Answer;
import io.anyserve.worker.engine.EngineConfig;
import io.anyserve.worker.engine.EngineRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(240)
final class WorkerFreezeIT {

  private static final int TOKENS = 60;
  private static final Duration FREEZE = Duration.ofSeconds(4);

  private static TestCluster cluster;

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    cluster = TestCluster.start(directory);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  private static void signal(Process process, String name)
      throws IOException, InterruptedException {
    String pid = Long.toString(process.pid());
    assertEquals(0, new ProcessBuilder("kill", "-" + name, pid).inheritIO().start().waitFor());
  }

  private static long startedBy(InferenceRequest request) {
    return cluster.tokens().counting(request).stream().filter(Started.class::isInstance).count();
  }

  @Test
  void aFrozenWorkerChangesNothingWhenItGoesOnAndStopsSoon() throws Exception {
    cluster.prepare("frozen");
    InferenceRequest request = cluster.request("frozen", "the worker freezes", TOKENS);
    Process frozen = WorkerProcess.start(cluster, "w-frozen", "frozen", "token-rate=5");
    try {
      cluster.submit(request);
      cluster.tokens().await(request, 5);
      signal(frozen, "STOP");
      long stoppedAt = System.nanoTime();
      var capability =
          CapabilityConfig.of("frozen", TestCluster.simulated(4, Map.of("token-rate", "20")));
      try (var heir = cluster.worker("w-heir", capability)) {
        cluster.republish(request, 1);
        cluster.tokens().awaitUntil(() -> startedBy(request) == 2);
        cluster.tokens().awaitUntil(() -> System.nanoTime() - stoppedAt > FREEZE.toNanos());
        int before = cluster.heartbeats("w-frozen").size();
        signal(frozen, "CONT");
        assertEquals(FirstTokens.text(request), cluster.tokens().answer(request).text());
        cluster.tokens().awaitUntil(() -> cluster.heartbeats("w-frozen").size() > before && idle());
        assertFalse(
            cluster.tokens().all(request).stream()
                .anyMatch(record -> record.attempt() == 1 && record.event() instanceof Terminal));
      }
    } finally {
      frozen.destroyForcibly().waitFor();
    }
  }

  private static boolean idle() {
    return cluster.heartbeats("w-frozen").getLast().orElseThrow().running() == 0;
  }

  @Test
  void aWorkerWhoseEngineHangsIsHeardHandsOverAndWaitsForIt() throws Exception {
    var engine = new StuckEngine();
    var stuck =
        new CapabilityConfig(
            new io.anyserve.contracts.Capability("stuck"),
            new EngineConfig("stuck", "stuck", 2, Map.of()));
    var delivery = new DeliveryConfig(3, Duration.ZERO);
    var hanging =
        new Worker(
            TestCluster.settings("w-stuck", delivery, stuck),
            cluster.kafka(),
            new EngineRegistry(Map.of("stuck", _ -> engine)),
            new FakePayloadStore(),
            new SimpleMeterRegistry());
    hanging.start();
    InferenceRequest request = cluster.request("stuck", "the engine hangs", 20);
    cluster.submit(request);
    engine.awaitStep();
    int before = cluster.heartbeats("w-stuck").size();
    cluster.tokens().awaitUntil(() -> cluster.heartbeats("w-stuck").size() >= before + 3);

    var closing = new FutureTask<Void>(() -> close(hanging));
    Thread.ofPlatform().start(closing);
    var capability = CapabilityConfig.of("stuck", TestCluster.simulated(2, Map.of()));
    try (var heir = cluster.worker("w-stuck-heir", capability)) {
      Answer answer = cluster.tokens().answer(request);
      assertEquals(FirstTokens.text(request), answer.text());
      assertEquals(2, answer.events().stream().filter(Started.class::isInstance).count());
    }
    assertFalse(closing.isDone());
    engine.letGo();
    closing.get();
    assertTrue(engine.closed());
    List<WorkerState> states =
        cluster.heartbeats("w-stuck").stream()
            .flatMap(Optional::stream)
            .skip(1) // about an earlier process of this name
            .map(WorkerHeartbeat::state)
            .distinct()
            .toList();
    assertEquals(List.of(WorkerState.READY, WorkerState.DRAINING, WorkerState.STOPPED), states);
  }

  // Void has no value but null.
  @SuppressWarnings("NullAway")
  private static Void close(Worker worker) throws Exception {
    worker.close();
    return null;
  }
}
