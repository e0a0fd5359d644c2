package io.anyserve.worker;

import io.anyserve.runtime.kafka.KafkaClients;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Many workers of one capability in a process, each with one slot. */
final class WorkersProcess {

  private WorkersProcess() {}

  /** Bootstrap servers, prefix of the workers' names, capability, how many. */
  public static void main(String[] args) throws Exception {
    KafkaClients kafka = KafkaClients.of(args[0]);
    var capability =
        CapabilityConfig.of(args[2], TestCluster.simulated(1, Map.of("token-rate", "1")));
    List<Future<?>> starts = new ArrayList<>();
    try (var starting = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < Integer.parseInt(args[3]); i++) {
        var worker =
            new Worker(
                TestCluster.settings(args[1] + "-" + i, TestCluster.DELIVERY, capability),
                kafka,
                TestCluster.engines(),
                new FakePayloadStore(),
                new SimpleMeterRegistry());
        starts.add(
            starting.submit(
                () -> {
                  worker.start();
                  return null;
                }));
      }
    }
    for (Future<?> start : starts) {
      start.get();
    }
    Thread.currentThread().join();
  }

  /**
   * Started, not ready yet.
   *
   * @param log what it prints
   */
  static Process start(TestCluster cluster, String prefix, String capability, int workers, Path log)
      throws IOException {
    return new ProcessBuilder(
            System.getProperty("java.home") + "/bin/java",
            "-Xmx768m",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            WorkersProcess.class.getName(),
            cluster.bootstrapServers(),
            prefix,
            capability,
            String.valueOf(workers))
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }
}
