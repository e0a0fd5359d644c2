package io.anyserve.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.worker.engine.EngineConfig;
import io.anyserve.worker.engine.EngineRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
final class WorkerConcurrencyIT {

  private static final int SEQUENCES = 2_000;

  /** A consumer polls while as many are free as a poll may bring. */
  private static final int SLOTS = 2_100;

  private static final int TOKENS = 5;
  private static final String SHARE_CONSUMER = "consumer_background_thread";

  @Test
  void twoConsumersCarryThousandsOfGenerations(@TempDir Path directory) throws Exception {
    try (var cluster = TestCluster.start(directory)) {
      var engine =
          new PausedEngine(
              TestCluster.engines().open(TestCluster.simulated(SLOTS, Map.of())).load());
      var capability =
          CapabilityConfig.of("wide", new EngineConfig("paused", "words", SLOTS, Map.of()));
      var meters = new SimpleMeterRegistry();
      var worker =
          new Worker(
              TestCluster.settings("w-wide", TestCluster.DELIVERY, capability),
              cluster.kafka(),
              new EngineRegistry(Map.of("paused", _ -> engine.loader())),
              new FakePayloadStore(),
              meters);
      try (worker) {
        worker.start();
        List<InferenceRequest> requests =
            IntStream.range(0, SEQUENCES)
                .mapToObj(i -> cluster.request("wide", "prompt " + i, TOKENS))
                .toList();
        requests.forEach(cluster::submit);
        cluster
            .tokens()
            .awaitUntil(() -> meters.get("anyserve.worker.in.flight").gauge().value() == SEQUENCES);
        assertEquals(2, threads(SHARE_CONSUMER));
        assertEquals(2, threads("acquire-w-wide-wide"));
        engine.resume();
        for (InferenceRequest request : requests) {
          assertEquals(TOKENS, cluster.tokens().answer(request).tokens());
          assertEquals(1, ends(cluster.tokens().all(request)));
          assertEquals(1, executions(cluster.tokens().all(request)));
        }
      }
      assertEquals(
          SEQUENCES,
          meters.get("anyserve.worker.settled").tag("outcome", "finished").counter().count());
    }
  }

  private static long threads(String prefix) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith(prefix))
        .count();
  }

  private static long ends(List<TokenRecord> records) {
    return records.stream().filter(record -> record.event() instanceof Terminal).count();
  }

  private static int executions(List<TokenRecord> records) {
    Set<Long> found = new HashSet<>();
    records.forEach(record -> found.add(record.executionId()));
    return found.size();
  }
}
