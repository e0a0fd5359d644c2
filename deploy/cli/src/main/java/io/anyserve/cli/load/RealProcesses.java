package io.anyserve.cli.load;

import io.anyserve.chaos.client.IngressAddress;
import io.anyserve.chaos.cluster.AotCache;
import io.anyserve.chaos.cluster.ChaosCluster;
import io.anyserve.chaos.cluster.ClusterComponents;
import io.anyserve.chaos.cluster.ClusterSize;
import io.anyserve.chaos.cluster.EngineChoice;
import io.anyserve.chaos.cluster.LaunchCommand;
import io.anyserve.cli.options.InstallPaths;
import io.anyserve.cli.options.ThisProgram;
import io.anyserve.loadtest.report.LoadReport;
import io.anyserve.loadtest.run.LoadProgress;
import io.anyserve.loadtest.run.ScenarioRun;
import io.anyserve.loadtest.scenario.Scenario;
import io.anyserve.loadtest.scenario.TargetKind;
import io.anyserve.standalone.TemporaryFolder;
import java.io.IOException;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The services as processes of their own on this machine, with the simulated engine. */
record RealProcesses(ClusterSize size, EngineChoice engine, Consumer<LoadProgress> progress) {

  private static final int HEAP_MEGABYTES = 192;
  private static final long SEED = 1;

  /** As the model's, where each worker has the simulated engine. */
  static RealProcesses of(ModelOptions options, Consumer<LoadProgress> progress) {
    Map<String, String> engine =
        Map.of(
            "token-rate",
            Double.toString(options.tokenRate),
            "prefill-ms",
            Integer.toString(options.prefill));
    return new RealProcesses(
        new ClusterSize(1, options.ingresses, options.routers, options.metering, options.workers),
        new EngineChoice("simulated", "words", options.slots, engine, HEAP_MEGABYTES),
        progress);
  }

  /**
   * Starts them, runs the scenario and ends them.
   *
   * @param scenario by the addresses that it needs
   */
  LoadReport run(TargetKind kind, Function<Map<String, String>, Scenario> scenario)
      throws IOException, InterruptedException {
    try (TemporaryFolder folder = new TemporaryFolder("anyserve-simulate");
        ChaosCluster cluster =
            ChaosCluster.in(
                new ClusterComponents.Plan(folder.path(), program(), size, engine, SEED))) {
      cluster.start();
      Scenario read = scenario.apply(addresses(cluster, kind));
      return new ScenarioRun(read, Map.of(), InstantSource.system(), progress).run();
    }
  }

  private static LaunchCommand program() throws IOException {
    LaunchCommand here = ThisProgram.command();
    return AotCache.recorded(here, InstallPaths.aotCache()).orElse(here);
  }

  private static Map<String, String> addresses(ChaosCluster cluster, TargetKind kind) {
    boolean http = kind == TargetKind.HTTP_COMPLETIONS || kind == TargetKind.HTTP_CHAT;
    Map<String, String> values = new HashMap<>();
    values.put(
        "target.addresses",
        cluster.doors().stream()
            .map(door -> "127.0.0.1:" + port(door, http))
            .collect(Collectors.joining(",")));
    values.put("target.kafka", cluster.kafka().settings().get("bootstrap.servers"));
    values.put("observe.metrics", "");
    return values;
  }

  private static int port(IngressAddress address, boolean http) {
    return http ? address.http() : address.grpc();
  }
}
