package io.anyserve.worker;

import io.anyserve.runtime.kafka.KafkaClients;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A worker in a process of its own, to be killed. */
final class WorkerProcess {

  private WorkerProcess() {}

  /** Bootstrap servers, worker, capability, and engine options as key=value. */
  public static void main(String[] args) throws Exception {
    Map<String, String> options = new java.util.HashMap<>();
    for (String option : List.of(args).subList(3, args.length)) {
      String[] pair = option.split("=", 2);
      options.put(pair[0], pair[1]);
    }
    var capability = CapabilityConfig.of(args[2], TestCluster.simulated(4, options));
    var worker =
        new Worker(
            TestCluster.settings(args[1], TestCluster.DELIVERY, capability),
            KafkaClients.of(args[0]),
            TestCluster.engines(),
            new FakePayloadStore(),
            new SimpleMeterRegistry());
    worker.start();
    Thread.currentThread().join();
  }

  static Process start(TestCluster cluster, String worker, String capability, String... options)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                System.getProperty("java.home") + "/bin/java",
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                WorkerProcess.class.getName(),
                cluster.bootstrapServers(),
                worker,
                capability));
    command.addAll(List.of(options));
    return new ProcessBuilder(command).inheritIO().start();
  }
}
