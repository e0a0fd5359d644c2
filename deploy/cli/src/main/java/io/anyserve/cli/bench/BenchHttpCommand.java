package io.anyserve.cli.bench;

import io.anyserve.cli.options.InstallPaths;
import io.anyserve.loadtest.EventStreamTarget;
import io.anyserve.loadtest.HttpBench;
import io.anyserve.loadtest.LoadResult;
import io.anyserve.loadtest.PipelineBench;
import io.anyserve.loadtest.StreamCall;
import io.anyserve.loadtest.Workload;
import io.anyserve.standalone.Readiness;
import io.anyserve.standalone.Standalone;
import io.anyserve.standalone.StandaloneLayout;
import io.anyserve.standalone.TemporaryFolder;
import io.grpc.ManagedChannel;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures what HTTP costs beside gRPC, on the simulated engine without a rate limit. */
@Command(
    mixinStandardHelpOptions = true,
    name = "http",
    description = "Benchmark server-sent events over HTTP against gRPC streams.",
    sortOptions = false)
final class BenchHttpCommand implements Callable<Integer> {

  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final int TOKENS = 10;
  private static final int PROMPT_BYTES = 900;
  private static final int BETWEEN_SAMPLES = 30;

  @Spec CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--seconds",
      defaultValue = "10",
      description = "Seconds of each measurement (default: ${DEFAULT-VALUE}).")
  int seconds;

  @Option(
      names = "--warm-up",
      paramLabel = "SECONDS",
      defaultValue = "30",
      description = "Seconds of warm-up under load over each (default: ${DEFAULT-VALUE}).")
  int warmUp;

  @Option(
      names = "--rate",
      defaultValue = "50",
      description = "Requests per second of the open loops (default: ${DEFAULT-VALUE}).")
  double rate;

  @Option(
      names = "--streams",
      defaultValue = "256",
      description = "Concurrent streams of the closed loops (default: ${DEFAULT-VALUE}).")
  int streams;

  @Option(
      names = "--rounds",
      defaultValue = "2",
      description = "How often the two take turns (default: ${DEFAULT-VALUE}).")
  int rounds;

  @Option(
      names = "--soak",
      paramLabel = "SECONDS",
      description = "Instead, HTTP alone for so long, with the memory in use now and then.")
  @Nullable Integer soak;

  @Option(
      names = "--port",
      defaultValue = "7500",
      description = "First of eight free ports (default: ${DEFAULT-VALUE}).")
  int port;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Also write the report to this file, as JSON.")
  @Nullable Path json;

  @Override
  public Integer call() throws Exception {
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.putIfAbsent("ANYSERVE_INGRESS_IN_FLIGHT", Integer.toString(2 * streams));
    try (TemporaryFolder folder = new TemporaryFolder("anyserve-bench");
        Standalone standalone =
            new Standalone(
                new StandaloneLayout(folder.path(), port, true, InstallPaths.model()),
                environment)) {
      standalone.start();
      Readiness.await(standalone::notReadyReasons, PATIENCE);
      var workload = new Workload("story", "bench-http", PROMPT_BYTES, TOKENS);
      ManagedChannel channel = PipelineBench.channel(port);
      try (EventStreamTarget events = new EventStreamTarget(port + 7, workload)) {
        var plan = new HttpBench.Plan(rate, streams, warmUp, seconds, rounds);
        return measure(
            new HttpBench(StreamCall.over(channel, workload), events, plan, this::progress));
      } finally {
        channel.shutdownNow();
      }
    }
  }

  private int measure(HttpBench bench) throws Exception {
    if (soak == null) {
      HttpBench.Report report = bench.run();
      report.rounds().forEach(this::show);
      BenchCommand.write(report, json);
    } else {
      HttpBench.Soak report = bench.soak(soak, BETWEEN_SAMPLES);
      show(report);
      BenchCommand.write(report, json);
    }
    return 0;
  }

  private void show(HttpBench.Round round) {
    PrintWriter out = out();
    out.printf(
        "first token at %.0f/s, p50: gRPC %.0f, HTTP %.0f microseconds; HTTP adds %.0f%n",
        rate,
        round.rpcOpen().firstToken().p50(),
        round.eventsOpen().firstToken().p50(),
        round.added());
    out.printf(
        "requests/s at %d streams: gRPC %.0f, HTTP %.0f, ratio %.2f; failed %d, %d%n",
        streams,
        round.rpcClosed().requestsPerSecond(),
        round.eventsClosed().requestsPerSecond(),
        round.share(),
        round.rpcClosed().failed() + round.rpcOpen().failed(),
        round.eventsClosed().failed() + round.eventsOpen().failed());
    out.flush();
  }

  private void show(HttpBench.Soak report) {
    PrintWriter out = out();
    report
        .samples()
        .forEach(
            sample ->
                out.printf(
                    "after %d s: %.0f MiB of heap in use, %d threads%n",
                    sample.second(), sample.heap(), sample.threads()));
    LoadResult load = report.load();
    out.printf(
        "%d streams at once for %.0f s: %d finished, %d failed %s%n",
        streams, load.seconds(), load.finished(), load.failed(), load.firstFailure());
    out.flush();
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private void progress(String what) {
    spec.commandLine().getErr().println(what);
  }
}
