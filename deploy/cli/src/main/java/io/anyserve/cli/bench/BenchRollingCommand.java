package io.anyserve.cli.bench;

import io.anyserve.chaos.cluster.AotCache;
import io.anyserve.chaos.cluster.ClusterComponents;
import io.anyserve.chaos.cluster.ClusterSize;
import io.anyserve.chaos.cluster.EngineChoice;
import io.anyserve.chaos.cluster.LaunchCommand;
import io.anyserve.chaos.rolling.RollingBench;
import io.anyserve.chaos.rolling.RollingLoad;
import io.anyserve.chaos.rolling.RollingReport;
import io.anyserve.chaos.rolling.RollingTable;
import io.anyserve.cli.options.DurationConverter;
import io.anyserve.cli.options.InstallPaths;
import io.anyserve.cli.options.ThisProgram;
import io.anyserve.standalone.TemporaryFolder;
import io.anyserve.worker.engine.Engine;
import io.anyserve.worker.engine.EngineConfig;
import io.anyserve.worker.simulated.SimulatedFactory;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Restarts every service under streams. */
@Command(
    mixinStandardHelpOptions = true,
    name = "rolling",
    description =
        "Restart every service under streams, add and remove an ingress and a worker, and measure"
            + " what clients notice.",
    sortOptions = false)
final class BenchRollingCommand implements Callable<Integer> {

  /** Two of each service run; the third ingress and the third worker are added and removed. */
  private static final ClusterSize WHOLE = new ClusterSize(1, 3, 2, 2, 3);

  private static final Pattern SERVICE =
      Pattern.compile("(ingress|router|metering|worker)(-[12])?");

  private static final int HEAP_MEGABYTES = 512;
  private static final long SEED = 1;
  private static final String SIMULATED = "simulated";
  private static final String WORDS = "words";
  private static final double NANOS_PER_MILLI = 1e6;

  @Spec CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--streams",
      defaultValue = "500",
      description = "Streams that are open at once (default: ${DEFAULT-VALUE}).")
  int streams;

  @Option(
      names = "--http",
      description =
          "Of these, server-sent events over HTTP; the others are over gRPC (default: half).")
  @Nullable Integer http;

  @Option(
      names = "--tokens",
      defaultValue = "600",
      description = "Tokens of a stream on average (default: ${DEFAULT-VALUE}).")
  int tokens;

  @Option(
      names = "--rate",
      defaultValue = "10",
      description = "Tokens per second of each stream (default: ${DEFAULT-VALUE}).")
  int rate;

  @Option(
      names = "--drain",
      converter = DurationConverter.class,
      description =
          "Time that ingresses and workers give open streams when they stop (default: that of the"
              + " services).")
  @Nullable Duration drain;

  @Option(
      names = "--settle",
      defaultValue = "5s",
      converter = DurationConverter.class,
      description = "Time to watch the streams after each change (default: ${DEFAULT-VALUE}).")
  Duration settle = Duration.ZERO;

  @Option(
      names = "--most-gap",
      defaultValue = "1s",
      converter = DurationConverter.class,
      description =
          "Highest p99 of the time between two chunks that passes (default: ${DEFAULT-VALUE}).")
  Duration mostGap = Duration.ZERO;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "SERVICE",
      description =
          "Restart only these: ingress, router, metering, worker, or one of them, such as"
              + " worker-1 (default: all). None is added.")
  List<String> only = List.of();

  @Option(
      names = "--small",
      description =
          "Start fewer processes: 2 ingresses, 2 workers, one of each other service. None is"
              + " added.")
  boolean small;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Directory that keeps settings, logs and data (default: a temporary one).")
  @Nullable Path data;

  @Override
  public Integer call() throws Exception {
    if (!only.stream().allMatch(SERVICE.asMatchPredicate())) {
      throw new ParameterException(
          spec.commandLine(),
          "--only: " + only + " (expected: ingress, router, metering, worker or worker-1)");
    }
    if (data != null) {
      return run(data);
    }
    try (TemporaryFolder folder = new TemporaryFolder("anyserve-rolling")) {
      return run(folder.path());
    }
  }

  private int run(Path folder) throws Exception {
    try (Engine alone =
        new SimulatedFactory(System::nanoTime)
            .open(new EngineConfig(SIMULATED, WORDS, 1, Map.of()))
            .load()) {
      RollingReport report =
          new RollingBench(
                  new ClusterComponents.Plan(folder, program(), size(), engine(), SEED, settings()),
                  new RollingBench.Scope(Set.copyOf(only), scales()),
                  load(),
                  settle,
                  new ReferenceEngine(alone),
                  spec.commandLine().getErr()::println)
              .run();
      PrintWriter out = spec.commandLine().getOut();
      out.print(RollingTable.of(report));
      out.flush();
      return report.clean(mostGap.toNanos() / NANOS_PER_MILLI) ? 0 : BenchCommand.NOT_EXACT;
    }
  }

  private RollingLoad load() {
    try {
      return new RollingLoad(streams, http == null ? streams / 2 : http, tokens);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--" + e.getMessage(), e);
    }
  }

  private boolean scales() {
    return !small && only.isEmpty();
  }

  private ClusterSize size() {
    if (small) {
      return ClusterSize.SMALL;
    }
    return scales() ? WHOLE : new ClusterSize(1, 2, 2, 2, 2);
  }

  private static LaunchCommand program() throws IOException {
    LaunchCommand here = ThisProgram.command();
    return AotCache.recorded(here, InstallPaths.aotCache()).orElse(here);
  }

  /** A request whose client leaves is cancelled, as by default: nobody may have to leave. */
  private Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>();
    settings.put("ANYSERVE_INGRESS_DISCONNECT_GRACE", "0s");
    if (drain != null) {
      settings.put("ANYSERVE_INGRESS_DRAIN", drain.toMillis() + "ms");
      settings.put("ANYSERVE_WORKER_DRAIN", drain.toMillis() + "ms");
    }
    return settings;
  }

  /** With slots for all streams in each worker: one of two is away at a time. */
  private EngineChoice engine() {
    return new EngineChoice(
        SIMULATED, WORDS, streams, Map.of("token-rate", Integer.toString(rate)), HEAP_MEGABYTES);
  }
}
