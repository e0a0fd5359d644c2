package io.anyserve.cli.bench;

import io.anyserve.chaos.cluster.ChaosCluster;
import io.anyserve.chaos.cluster.ClusterComponents;
import io.anyserve.chaos.cluster.ClusterSize;
import io.anyserve.chaos.cluster.EngineChoice;
import io.anyserve.chaos.cluster.ServiceProcess;
import io.anyserve.cli.options.ThisProgram;
import io.anyserve.loadtest.metering.RestartBench;
import io.anyserve.loadtest.metering.RestartReport;
import io.anyserve.loadtest.metering.RestartTable;
import io.anyserve.loadtest.metering.RestartTarget;
import io.anyserve.runtime.Config;
import io.anyserve.standalone.TemporaryFolder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures how soon a metering service with large stores is back after it was killed. */
@Command(
    mixinStandardHelpOptions = true,
    name = "restart",
    description = "Fill the stores of metering, kill it, and measure until it counts again.",
    sortOptions = false)
final class BenchRestartCommand implements Callable<Integer> {

  private static final ClusterSize ONE_EACH = new ClusterSize(1, 1, 1, 1, 1);
  private static final EngineChoice ENGINE =
      new EngineChoice("simulated", "words", 1, Map.of(), 128);
  private static final long SEED = 1;
  private static final String METERING = "metering-1";

  @Spec CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--entries",
      defaultValue = "1000000",
      description =
          "Entries of the ledger, each of another session, some 2 KiB in the stores (default:"
              + " ${DEFAULT-VALUE}).")
  long entries;

  @Option(
      names = "--kills",
      defaultValue = "2",
      description = "How often metering is killed (default: ${DEFAULT-VALUE}).")
  int kills;

  @Option(
      names = "--kafka-property",
      paramLabel = "KEY=VALUE",
      description =
          "Setting of the services' Kafka clients, such as"
              + " enable.transactional.statestores=false; may be repeated.")
  Map<String, String> settings = Map.of();

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Also write the report to this file, as JSON.")
  @Nullable Path json;

  @Override
  public Integer call() throws Exception {
    RestartBench.Plan plan = plan();
    try (TemporaryFolder folder = new TemporaryFolder("anyserve-bench");
        ChaosCluster cluster =
            ChaosCluster.in(
                new ClusterComponents.Plan(
                    folder.path(), ThisProgram.command(), ONE_EACH, ENGINE, SEED, variables()))) {
      progress("starting the services in " + folder.path());
      cluster.start();
      RestartReport report =
          new RestartBench(target(cluster, folder.path()), plan, this::progress).run();
      PrintWriter out = spec.commandLine().getOut();
      out.print(RestartTable.of(report));
      out.flush();
      BenchCommand.write(report, json);
      return report.exact() ? 0 : BenchCommand.NOT_EXACT;
    }
  }

  /** The settings as every process of the cluster takes them. */
  private Map<String, String> variables() {
    return settings.entrySet().stream()
        .collect(
            Collectors.toMap(
                setting -> Config.variable("kafka", setting.getKey()), Map.Entry::getValue));
  }

  private RestartBench.Plan plan() {
    try {
      return new RestartBench.Plan(entries, kills, settings);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--" + e.getMessage(), e);
    }
  }

  private static RestartTarget target(ChaosCluster cluster, Path folder) {
    ServiceProcess metering = cluster.parts().metering().getFirst();
    return new RestartTarget(
        cluster.kafka(),
        cluster.topics(),
        cluster.topics().prefix() + "metering",
        metering::pid,
        folder.resolve(METERING),
        () -> killed(cluster, metering));
  }

  private static long killed(ChaosCluster cluster, ServiceProcess metering) throws IOException {
    metering.kill();
    long begin = System.nanoTime();
    cluster.restore(metering);
    return System.nanoTime() - begin;
  }

  private void progress(String what) {
    spec.commandLine().getErr().println(what);
  }
}
