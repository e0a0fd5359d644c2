package io.anyserve.cli.bench;

import io.anyserve.chaos.cluster.FreePorts;
import io.anyserve.cli.options.InstallPaths;
import io.anyserve.contracts.RequestKind;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.loadtest.fuzz.FuzzReport;
import io.anyserve.loadtest.fuzz.FuzzRun;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.standalone.Readiness;
import io.anyserve.standalone.Standalone;
import io.anyserve.standalone.StandaloneLayout;
import io.anyserve.standalone.TemporaryFolder;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows that no record on a topic harms the services. */
@Command(
    mixinStandardHelpOptions = true,
    name = "fuzz",
    description =
        "Write hostile records to every topic that others may write, and check that no thread ends,"
            + " no partition sticks, and good requests are answered and billed right.",
    sortOptions = false)
public final class FuzzCommand implements Callable<Integer> {

  private static final int HARMED = 1;
  private static final int PORTS = 8;
  private static final int KAFKA_PORT = 2;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @Spec CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--records",
      paramLabel = "N",
      defaultValue = "100000",
      description = "Number of hostile records (default: ${DEFAULT-VALUE}).")
  int records;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "Seed of the hostile records (default: ${DEFAULT-VALUE}).")
  long seed;

  @Override
  public Integer call() throws Exception {
    try (TemporaryFolder folder = new TemporaryFolder("anyserve-fuzz")) {
      StandaloneLayout place =
          new StandaloneLayout(
              folder.path(), new FreePorts().row(PORTS), true, InstallPaths.model());
      try (Standalone standalone = new Standalone(place, Map.of())) {
        standalone.start();
        Readiness.await(standalone::notReadyReasons, PATIENCE);
        return print(new FuzzRun(plan(place), standalone::notReadyReasons, this::progress).run());
      }
    }
  }

  private FuzzRun.Plan plan(StandaloneLayout place) {
    String servers = "127.0.0.1:" + (place.port() + KAFKA_PORT);
    return new FuzzRun.Plan(
        KafkaClients.of(servers),
        TopicNames.withDefaultPrefix(),
        List.of(
            new FuzzRun.Served("story", RequestKind.GENERATE),
            new FuzzRun.Served("echo", RequestKind.GENERATE),
            new FuzzRun.Served("embedding", RequestKind.EMBED)),
        records,
        seed);
  }

  private int print(FuzzReport report) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        "%d hostile records (seed %d), %d good requests: %s%n",
        report.hostile(),
        report.seed(),
        report.good(),
        report.clean() ? "CLEAN" : report.findings().size() + " findings");
    report.findings().forEach(out::println);
    out.flush();
    return report.clean() ? 0 : HARMED;
  }

  private void progress(String what) {
    spec.commandLine().getErr().println(what);
    spec.commandLine().getErr().flush();
  }
}
