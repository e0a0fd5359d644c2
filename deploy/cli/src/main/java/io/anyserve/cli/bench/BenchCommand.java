package io.anyserve.cli.bench;

import io.anyserve.cli.options.InstallPaths;
import io.anyserve.loadtest.OverloadBench;
import io.anyserve.loadtest.PipelineBench;
import io.anyserve.loadtest.PipelineReport;
import io.anyserve.loadtest.PipelineTable;
import io.anyserve.loadtest.StreamCall;
import io.anyserve.loadtest.Workload;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.standalone.Readiness;
import io.anyserve.standalone.Standalone;
import io.anyserve.standalone.StandaloneLayout;
import io.anyserve.standalone.TemporaryFolder;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Measures the product beside baselines. */
@Command(
    mixinStandardHelpOptions = true,
    name = "bench",
    description = "Benchmark against baselines.",
    subcommands = {
      BenchConversationsCommand.class,
      BenchCostsCommand.class,
      BenchEngineCommand.class,
      BenchQualityCommand.class,
      BenchHttpCommand.class,
      BenchMeteringCommand.class,
      BenchRestartCommand.class,
      BenchResumeCommand.class,
      BenchRollingCommand.class
    })
public final class BenchCommand {

  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final int CHANNELS = 2;
  private static final int TOKENS = 10;
  private static final int PROMPT_BYTES = 900;

  /** The exit code where the ledger differs from what was seen. */
  static final int NOT_EXACT = 1;

  @Spec CommandSpec spec = CommandSpec.create();

  @Command(
      mixinStandardHelpOptions = true,
      description = "Benchmark the pipeline against a raw Kafka round trip, with metering on.",
      sortOptions = false)
  int pipeline(
      @Option(
              names = "--seconds",
              defaultValue = "10",
              description = "Seconds of each measurement (default: ${DEFAULT-VALUE}).")
          int seconds,
      @Option(
              names = "--warm-up",
              paramLabel = "SECONDS",
              defaultValue = "60",
              description = "Seconds of warm-up under load (default: ${DEFAULT-VALUE}).")
          int warmUp,
      @Option(
              names = "--rate",
              defaultValue = "50",
              description = "Requests per second of the open loop (default: ${DEFAULT-VALUE}).")
          double rate,
      @Option(
              names = "--streams",
              split = ",",
              defaultValue = "1,16,256",
              description = "Concurrent streams of each closed loop (default: ${DEFAULT-VALUE}).")
          List<Integer> streams,
      @Option(
              names = "--port",
              defaultValue = "7500",
              description = "First of six free ports (default: ${DEFAULT-VALUE}).")
          int port,
      @Option(
              names = "--json",
              paramLabel = "FILE",
              description = "Also write the report to this file, as JSON.")
          @Nullable Path json)
      throws Exception {
    try (TemporaryFolder folder = new TemporaryFolder("anyserve-bench");
        Standalone standalone =
            new Standalone(
                new StandaloneLayout(folder.path(), port, true, InstallPaths.model()),
                System.getenv())) {
      standalone.start();
      Readiness.await(standalone::notReadyReasons, PATIENCE);
      List<ManagedChannel> channels =
          Stream.generate(() -> PipelineBench.channel(port)).limit(CHANNELS).toList();
      try {
        var plan =
            new PipelineBench.Plan("story", rate, warmUp, seconds, streams, TOKENS, PROMPT_BYTES);
        PipelineReport report =
            new PipelineBench(
                    KafkaClients.of("127.0.0.1:" + (port + 2)),
                    List.<Channel>copyOf(channels),
                    plan,
                    this::progress)
                .run();
        return show(report, json);
      } finally {
        channels.forEach(ManagedChannel::shutdownNow);
      }
    }
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Measure goodput under overload, compared with the capacity.",
      sortOptions = false)
  int overload(
      @Option(
              names = "--seconds",
              defaultValue = "20",
              description = "Seconds of each measurement (default: ${DEFAULT-VALUE}).")
          int seconds,
      @Option(
              names = "--streams",
              defaultValue = "64",
              description = "Most requests in flight (default: ${DEFAULT-VALUE}).")
          int streams,
      @Option(
              names = "--factor",
              defaultValue = "2",
              description =
                  "Offered load, as a multiple of the capacity (default: ${DEFAULT-VALUE}).")
          double factor,
      @Option(
              names = "--simulated",
              description = "Use the simulated engine without a rate limit instead of a model.")
          boolean simulated,
      @Option(
              names = "--port",
              defaultValue = "7500",
              description = "First of six free ports (default: ${DEFAULT-VALUE}).")
          int port,
      @Option(
              names = "--json",
              paramLabel = "FILE",
              description = "Also write the report to this file, as JSON.")
          @Nullable Path json)
      throws Exception {
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.put("ANYSERVE_INGRESS_IN_FLIGHT", Integer.toString(streams));
    try (TemporaryFolder folder = new TemporaryFolder("anyserve-bench");
        Standalone standalone =
            new Standalone(
                new StandaloneLayout(folder.path(), port, simulated, InstallPaths.model()),
                environment)) {
      standalone.start();
      Readiness.await(standalone::notReadyReasons, PATIENCE);
      ManagedChannel channel = PipelineBench.channel(port);
      try {
        var workload = new Workload("story", "overload", PROMPT_BYTES / 4, 2 * TOKENS);
        OverloadBench.Report report =
            new OverloadBench(
                    List.of(StreamCall.over(channel, workload)),
                    streams,
                    seconds,
                    factor,
                    this::progress)
                .run();
        return show(report, json);
      } finally {
        channel.shutdownNow();
      }
    }
  }

  private int show(PipelineReport report, @Nullable Path json) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    out.print(PipelineTable.of(report));
    out.flush();
    write(report, json);
    return report.ledger().exact() ? 0 : NOT_EXACT;
  }

  private int show(OverloadBench.Report report, @Nullable Path json) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        "at most %.1f requests/s; asked for %.1f/s: %.1f/s finished, %d refused, goodput %.2f%n",
        report.most().requestsPerSecond(),
        report.offered(),
        report.overloaded().requestsPerSecond(),
        report.overloaded().failed(),
        report.goodput());
    out.printf("first refusal: %s%n", report.overloaded().firstFailure());
    out.flush();
    write(report, json);
    return 0;
  }

  private void progress(String what) {
    spec.commandLine().getErr().println(what);
  }

  static void write(Object report, @Nullable Path json) throws IOException {
    if (json != null) {
      Files.writeString(
          json,
          JsonMapper.builder()
                  .enable(SerializationFeature.INDENT_OUTPUT)
                  .build()
                  .writeValueAsString(report)
              + "\n");
    }
  }
}
