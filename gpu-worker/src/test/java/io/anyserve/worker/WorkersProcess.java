package io.anyserve.worker;

import io.anyserve.runtime.kafka.KafkaClients;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Executors;

/** Many workers of one capability in a process, each with one slot. */
final class WorkersProcess {

  private WorkersProcess() {}

  /** Bootstrap servers, prefix of the workers' names, capability, how many. */
  public static void main(String[] args) throws Exception {
    KafkaClients kafka = KafkaClients.of(args[0]);
    var capability =
        CapabilityConfig.of(args[2], TestCluster.simulated(1, Map.of("token-rate", "1")));
    try (var starting = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < Integer.parseInt(args[3]); i++) {
        var worker =
            new Worker(
                TestCluster.settings(args[1] + "-" + i, TestCluster.DELIVERY, capability),
                kafka,
                TestCluster.engines(),
                new FakePayloadStore(),
                new SimpleMeterRegistry());
        var _ =
            starting.submit(
                () -> {
                  worker.start();
                  return null;
                });
      }
    }
    Thread.currentThread().join();
  }

  static Process start(TestCluster cluster, String prefix, String capability, int workers)
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
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }
}
