package io.anyserve.cli.bench;

import io.anyserve.chaos.ResumeBench;
import io.anyserve.chaos.client.TestRequest.Resumption;
import io.anyserve.chaos.client.TestRequest.Submission;
import io.anyserve.chaos.cluster.AotCache;
import io.anyserve.chaos.cluster.ClusterComponents;
import io.anyserve.chaos.cluster.ClusterSize;
import io.anyserve.chaos.cluster.EngineChoice;
import io.anyserve.chaos.cluster.LaunchCommand;
import io.anyserve.cli.options.InstallPaths;
import io.anyserve.cli.options.ThisProgram;
import io.anyserve.standalone.TemporaryFolder;
import io.anyserve.worker.engine.Engine;
import io.anyserve.worker.engine.EngineConfig;
import io.anyserve.worker.simulated.SimulatedFactory;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures what it costs that an ingress dies under streams. */
@Command(
    mixinStandardHelpOptions = true,
    name = "resume",
    description =
        "Kill an ingress under streams, and measure their silence and what is read again.",
    sortOptions = false)
final class BenchResumeCommand implements Callable<Integer> {

  private static final int HEAP_MEGABYTES = 512;
  private static final long SEED = 1;
  private static final String SIMULATED = "simulated";
  private static final String WORDS = "words";

  @Spec CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--streams",
      defaultValue = "500",
      description = "Streams that are open at once (default: ${DEFAULT-VALUE}).")
  int streams;

  @Option(
      names = "--http",
      defaultValue = "0",
      description =
          "Of these, server-sent events over HTTP; the others are over gRPC (default:"
              + " ${DEFAULT-VALUE}).")
  int http;

  @Option(
      names = "--websockets",
      defaultValue = "0",
      description = "Of these, chats over WebSockets (default: ${DEFAULT-VALUE}).")
  int webSockets;

  @Option(
      names = "--tokens",
      defaultValue = "1000",
      description = "Tokens of each stream (default: ${DEFAULT-VALUE}).")
  int tokens;

  @Option(
      names = "--rate",
      defaultValue = "20",
      description = "Tokens per second of each stream (default: ${DEFAULT-VALUE}).")
  int rate;

  @Option(
      names = "--first-token",
      description = "Resume with the token of accepted instead of the newest chunk's.")
  boolean firstToken;

  @Option(
      names = "--classpath",
      paramLabel = "PATH",
      description = "Class path of the services, such as another version's (default: this one's).")
  @Nullable String classPath;

  @Override
  public Integer call() throws Exception {
    int grpc = streams - http - webSockets;
    if (Math.min(grpc, Math.min(http, webSockets)) < 0) {
      throw new ParameterException(
          spec.commandLine(),
          "--http, --websockets: %d, %d (expected: together 0 to --streams, %d)"
              .formatted(http, webSockets, streams));
    }
    try (TemporaryFolder folder = new TemporaryFolder("anyserve-bench");
        Engine alone =
            new SimulatedFactory(System::nanoTime)
                .open(new EngineConfig(SIMULATED, WORDS, 1, Map.of()))
                .load()) {
      ResumeBench.Result result =
          new ResumeBench(
                  new ClusterComponents.Plan(
                      folder.path(), program(), ClusterSize.SMALL, engine(), SEED),
                  Map.of(
                      Submission.STREAM,
                      grpc,
                      Submission.EVENTS,
                      http,
                      Submission.CHAT,
                      webSockets),
                  tokens,
                  firstToken ? Resumption.FIRST_TOKEN : Resumption.NEWEST_TOKEN,
                  new ReferenceEngine(alone),
                  spec.commandLine().getErr()::println)
              .run();
      show(result);
      boolean exact = result.finished() == result.silences().size() && result.wrong() == 0;
      return exact ? 0 : BenchCommand.NOT_EXACT;
    }
  }

  private LaunchCommand program() throws Exception {
    LaunchCommand here = ThisProgram.command();
    if (classPath != null) {
      return new LaunchCommand(here.java(), classPath, here.mainClass(), here.options());
    }
    Path cache = InstallPaths.aotCache();
    return AotCache.recorded(here, cache).orElse(here);
  }

  /** With slots for all streams in each worker, so that none waits until another one ends. */
  private EngineChoice engine() {
    return new EngineChoice(
        SIMULATED, WORDS, streams, Map.of("token-rate", Integer.toString(rate)), HEAP_MEGABYTES);
  }

  private void show(ResumeBench.Result result) {
    PrintWriter out = spec.commandLine().getOut();
    ResumeBench.OtherIngress other = result.other();
    out.printf(
        Locale.ROOT,
        "silence of %d streams: p50 %.0f ms, p95 %.0f ms, max %.0f ms%n",
        result.silences().size(),
        result.silence(50),
        result.silence(95),
        result.silence(100));
    out.printf(
        Locale.ROOT,
        "calls of Resume: %d by clients, %.0f admitted, %.0f of them live at once, %.0f refused%n",
        result.resumed(),
        other.admitted(),
        other.live(),
        other.refused());
    out.printf(
        Locale.ROOT,
        "records read again: %.0f, %.1f for each admitted call%n",
        other.records(),
        other.admitted() == 0 ? 0 : other.records() / other.admitted());
    out.printf(
        Locale.ROOT, "%d streams finished, %d of them wrong%n", result.finished(), result.wrong());
    out.flush();
  }
}
