package io.anyserve.cli.bench;

import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.embedded.EmbeddedBroker;
import io.anyserve.loadtest.metering.MeteringBench;
import io.anyserve.loadtest.metering.MeteringReport;
import io.anyserve.loadtest.metering.MeteringTable;
import io.anyserve.runtime.Config;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.standalone.Readiness;
import io.anyserve.standalone.SingleService;
import io.anyserve.standalone.TemporaryFolder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures the ledger on an embedded broker, with the metering service and nothing else. */
@Command(
    mixinStandardHelpOptions = true,
    name = "metering",
    description = "Benchmark the ledger end to end against a Kafka Streams pass-through.",
    sortOptions = false)
final class BenchMeteringCommand implements Callable<Integer> {

  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /** Any free port for everything that listens. */
  private static final String SETTINGS =
      """
      [metering]
      port = 0
      http-port = 0
      usage-http-port = 0
      """;

  @Spec CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--seconds",
      defaultValue = "20",
      description = "Seconds of each measurement (default: ${DEFAULT-VALUE}).")
  int seconds;

  @Option(
      names = "--warm-up",
      paramLabel = "SECONDS",
      defaultValue = "30",
      description = "Seconds of warm-up under load (default: ${DEFAULT-VALUE}).")
  int warmUp;

  @Option(
      names = "--max-in-flight",
      paramLabel = "REQUESTS",
      defaultValue = "20000",
      description =
          "Most requests without a ledger entry, in the closed loop (default: ${DEFAULT-VALUE}).")
  int underWay;

  @Option(
      names = "--rate",
      description =
          "Requests per second of the open loop (default: half of the measured throughput).")
  @Nullable Double rate;

  @Option(
      names = "--kafka-property",
      paramLabel = "KEY=VALUE",
      description =
          "Setting of metering's Kafka clients, such as enable.transactional.statestores=false; may"
              + " be repeated.")
  Map<String, String> kafkaSettings = Map.of();

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Also write the report to this file, as JSON.")
  @Nullable Path json;

  @Override
  public Integer call() throws Exception {
    OptionalDouble pace = rate == null ? OptionalDouble.empty() : OptionalDouble.of(rate);
    var plan = new MeteringBench.Plan(warmUp, seconds, underWay, pace);
    try (TemporaryFolder folder = new TemporaryFolder("anyserve-bench");
        EmbeddedBroker broker = EmbeddedBroker.start(folder.path().resolve("kafka"), 0)) {
      var kafka = KafkaClients.of(broker.bootstrapServers());
      var bench = new MeteringBench(kafka, TopicNames.withDefaultPrefix(), plan, this::progress);
      bench.createTopics();
      MeteringBench.Measurement metered = metered(bench, broker, folder.path().resolve("metering"));
      return show(bench.report(metered, folder.path().resolve("pass-through")));
    }
  }

  private MeteringBench.Measurement metered(MeteringBench bench, EmbeddedBroker broker, Path state)
      throws Exception {
    Map<String, String> place =
        Map.of(
            "ANYSERVE_KAFKA_BOOTSTRAP_SERVERS", broker.bootstrapServers(),
            "ANYSERVE_METERING_STATE_DIRECTORY", state.toString());
    try (SingleService metering =
        new SingleService(
            SingleService.Service.METERING, Config.parse(SETTINGS + kafkaTable(), place))) {
      metering.start();
      Readiness.await(metering::notReadyReasons, PATIENCE);
      return bench.metering();
    }
  }

  private String kafkaTable() {
    return kafkaSettings.entrySet().stream()
        .map(setting -> "\"%s\" = \"%s\"\n".formatted(setting.getKey(), setting.getValue()))
        .collect(Collectors.joining("", "[kafka]\n", ""));
  }

  private int show(MeteringReport report) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    out.print(MeteringTable.of(report));
    out.flush();
    BenchCommand.write(report, json);
    return report.ledger().exact() ? 0 : BenchCommand.NOT_EXACT;
  }

  private void progress(String what) {
    spec.commandLine().getErr().println(what);
  }
}
