package io.anyserve.standalone.cli;

import io.anyserve.contracts.service.Settings;
import io.anyserve.standalone.Lone;
import io.anyserve.standalone.Lone.Service;
import io.anyserve.standalone.Readiness;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs one service against external Kafka and S3. */
@Command(
    mixinStandardHelpOptions = true,
    name = "run",
    description = "Run one service against an external Kafka and S3.",
    sortOptions = false)
final class RunCommand implements Callable<Integer> {

  private static final Duration PATIENCE = Duration.ofMinutes(5);

  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "SERVICE",
      description = "${COMPLETION-CANDIDATES}.",
      completionCandidates = Names.class)
  String service = "";

  @Option(names = "--config", required = true, paramLabel = "FILE", description = "TOML.")
  Path config = Path.of("");

  @Override
  public Integer call() throws Exception {
    Lone lone = new Lone(chosen(), Settings.read(config, System.getenv()));
    CountDownLatch stopped = new CountDownLatch(1);
    lone.start();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  lone.close();
                  stopped.countDown();
                },
                "stop"));
    Readiness.await(lone::troubles, PATIENCE);
    spec.commandLine().getOut().printf("%s is ready: %s%n", service, lone.addresses());
    spec.commandLine().getOut().flush();
    stopped.await();
    return 0;
  }

  private Service chosen() {
    try {
      return Service.valueOf(service.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new picocli.CommandLine.ParameterException(
          spec.commandLine(),
          "SERVICE: " + service + " (expected: " + String.join(", ", new Names()) + ")",
          e);
    }
  }

  /** The services' names, for help and completion. */
  static final class Names implements Iterable<String> {

    @Override
    public java.util.Iterator<String> iterator() {
      return java.util.Arrays.stream(Service.values())
          .map(name -> name.name().toLowerCase(Locale.ROOT))
          .iterator();
    }
  }
}
