package io.anyserve.cli.run;

import io.anyserve.runtime.Config;
import io.anyserve.standalone.Readiness;
import io.anyserve.standalone.SingleService;
import io.anyserve.standalone.SingleService.Service;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs one service in a process of its own. */
@Command(
    mixinStandardHelpOptions = true,
    name = "run",
    description =
        "Run one service against an external Kafka and S3, or the embedded broker or store.",
    synopsisSubcommandLabel = "[broker|store]",
    subcommands = {RunBrokerCommand.class, RunStoreCommand.class},
    sortOptions = false)
public final class RunCommand implements Callable<Integer> {

  private static final Duration PATIENCE = Duration.ofMinutes(5);

  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "SERVICE",
      arity = "0..1",
      description = "Service to run: ${COMPLETION-CANDIDATES}.",
      completionCandidates = Names.class)
  String service = "";

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Settings in TOML; see the command settings.")
  @Nullable Path config;

  @Mixin ForegroundProcess life = new ForegroundProcess();

  @Override
  public Integer call() throws Exception {
    SingleService lone = new SingleService(chosen(), Config.read(file(), System.getenv()));
    lone.start();
    return life.run(
        lone,
        () -> {
          Readiness.await(lone::notReadyReasons, PATIENCE);
          return "%s is ready: %s".formatted(service, lone.addresses());
        },
        spec.commandLine().getOut());
  }

  /** Not required of the subcommands, which have no settings. */
  private Path file() {
    if (config == null) {
      throw new ParameterException(spec.commandLine(), "Missing required option: '--config=FILE'");
    }
    return config;
  }

  private Service chosen() {
    try {
      return Service.valueOf(service.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
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
