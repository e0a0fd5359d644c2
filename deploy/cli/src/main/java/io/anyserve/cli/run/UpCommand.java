package io.anyserve.cli.run;

import io.anyserve.cli.options.InstallPaths;
import io.anyserve.standalone.Readiness;
import io.anyserve.standalone.Standalone;
import io.anyserve.standalone.StandaloneLayout;
import io.anyserve.worker.hub.ModelCache;
import io.anyserve.worker.hub.ModelLocation;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs everything in one process until it is told to stop. */
@Command(
    mixinStandardHelpOptions = true,
    name = "up",
    description = "Run every service in one process on an embedded Kafka broker and S3 store.",
    sortOptions = false)
public final class UpCommand implements Callable<Integer> {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @Spec CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Data directory; it survives restarts (default: .anyserve/data beside the script).")
  Path data = InstallPaths.data();

  @Option(
      names = "--port",
      defaultValue = "" + StandaloneLayout.DEFAULT_PORT,
      description = "gRPC port, the first of eight in a row (default: ${DEFAULT-VALUE}).")
  int port;

  @Option(names = "--simulated", description = "Serve simulated text instead of a model.")
  boolean simulated;

  @Option(
      names = "--model",
      paramLabel = "MODEL",
      description =
          "The model: a Hugging Face folder, a GGUF file, or the name of one that ./anyserve pull"
              + " has downloaded (default: the shipped model).")
  @Nullable String model;

  @Override
  public Integer call() throws Exception {
    StandaloneLayout place = new StandaloneLayout(data, port, simulated, model());
    Standalone standalone = new Standalone(place, System.getenv());
    CountDownLatch stopped = new CountDownLatch(1);
    standalone.start();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  standalone.close();
                  stopped.countDown();
                },
                "stop"));
    Readiness.await(standalone::notReadyReasons, PATIENCE);
    announce(place, standalone.speaksTls());
    stopped.await();
    return 0;
  }

  private Path model() {
    if (model == null) {
      return InstallPaths.model();
    }
    try {
      return new ModelLocation(ModelCache.of(System.getenv())).of(model);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--model: " + e.getMessage(), e);
    }
  }

  private void announce(StandaloneLayout place, boolean tls) {
    PrintWriter out = spec.commandLine().getOut();
    String api = (tls ? "https" : "http") + "://127.0.0.1:" + place.apiPort();
    out.printf("gRPC   127.0.0.1:%d%s%n", place.port(), tls ? " (TLS)" : "");
    out.printf("HTTP   http://127.0.0.1:%d/metrics /health /readiness%n", place.port() + 1);
    out.printf("Kafka  127.0.0.1:%d%n", place.port() + 2);
    out.printf("S3     http://127.0.0.1:%d%n", place.port() + 4);
    out.printf("Usage  http://127.0.0.1:%d/usage%n", place.port() + 6);
    out.printf("OpenAI %s/v1%n", api);
    out.printf("Chat   %s/%n", api);
    out.printf("Data   %s%n", data.toAbsolutePath().normalize());
    out.printf(
        Locale.ROOT,
        "AnyServe is ready (%.1f s). Try: ./anyserve ask \"Once upon a time\"%n",
        ManagementFactory.getRuntimeMXBean().getUptime() / 1000.0);
    out.flush();
  }
}
