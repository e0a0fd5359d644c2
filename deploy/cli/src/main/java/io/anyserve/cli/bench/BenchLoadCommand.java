package io.anyserve.cli.bench;

import io.anyserve.cli.options.ServerOptions;
import io.anyserve.loadtest.LoadResult;
import io.anyserve.loadtest.OpenLoop;
import io.anyserve.loadtest.PoissonArrivals;
import io.anyserve.loadtest.StreamCall;
import io.anyserve.loadtest.StreamTarget;
import io.anyserve.loadtest.Workload;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Puts load on an ingress that runs elsewhere. */
@Command(
    mixinStandardHelpOptions = true,
    name = "load",
    description = "Put load on a running ingress; the exit code is 1 when a stream failed.",
    sortOptions = false)
final class BenchLoadCommand implements Callable<Integer> {

  private static final int FAILED = 1;
  private static final long SEED = 1;

  @Spec CommandSpec spec = CommandSpec.create();

  @Mixin ServerOptions server = new ServerOptions();

  @Option(
      names = "--capability",
      defaultValue = "story",
      description = "Capability to ask for (default: ${DEFAULT-VALUE}).")
  String capability = "";

  @Option(
      names = "--seconds",
      defaultValue = "30",
      description = "Seconds of load (default: ${DEFAULT-VALUE}).")
  int seconds;

  @Option(
      names = "--rate",
      defaultValue = "5",
      description = "Requests per second, at random times (default: ${DEFAULT-VALUE}).")
  double rate;

  @Option(
      names = "--tokens",
      defaultValue = "20",
      description = "Tokens of an answer (default: ${DEFAULT-VALUE}).")
  int tokens;

  @Option(
      names = "--prompt-bytes",
      defaultValue = "40",
      description = "Length of a prompt (default: ${DEFAULT-VALUE}).")
  int promptBytes;

  @Option(
      names = "--channels",
      defaultValue = "4",
      description =
          "Connections, which a balancer may spread over ingresses (default: ${DEFAULT-VALUE}).")
  int channels;

  @Option(
      names = "--patience",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "Seconds that the last streams may take to end (default: ${DEFAULT-VALUE}).")
  int patience;

  @Override
  public Integer call() throws Exception {
    var workload = new Workload(capability, "bench-load", promptBytes, tokens);
    var pace = new PoissonArrivals(rate, Math.max(1, (int) (rate * seconds)));
    List<ManagedChannel> open = Stream.generate(server::open).limit(channels).toList();
    try {
      List<StreamTarget> targets =
          open.stream().map(channel -> StreamCall.over(channel, workload)).toList();
      Iterator<StreamTarget> turns =
          Stream.generate(() -> targets).flatMap(List::stream).iterator();
      LoadResult result =
          new OpenLoop(pace, SEED, Duration.ofSeconds(patience))
              .run(probe -> turns.next().open(probe));
      show(result);
      return result.failed() == 0 ? 0 : FAILED;
    } finally {
      open.forEach(ManagedChannel::shutdownNow);
    }
  }

  private void show(LoadResult result) {
    var out = spec.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "%d streams finished, %d failed, %.1f/s%n",
        result.finished(),
        result.failed(),
        result.requestsPerSecond());
    if (result.failed() > 0) {
      out.printf("first failure: %s%n", result.firstFailure());
    }
    out.flush();
  }
}
