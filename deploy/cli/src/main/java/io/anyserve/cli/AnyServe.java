package io.anyserve.cli;

import io.anyserve.cli.bench.BenchCommand;
import io.anyserve.cli.bench.ChaosCommand;
import io.anyserve.cli.bench.FuzzCommand;
import io.anyserve.cli.doctor.DoctorCommand;
import io.anyserve.cli.keys.KeysCommand;
import io.anyserve.cli.load.CapacityCommand;
import io.anyserve.cli.load.LoadCommand;
import io.anyserve.cli.load.SimulateCommand;
import io.anyserve.cli.model.ModelsCommand;
import io.anyserve.cli.model.PullCommand;
import io.anyserve.cli.quota.QuotaCommand;
import io.anyserve.cli.request.AskCommand;
import io.anyserve.cli.request.RequestCommand;
import io.anyserve.cli.request.ResultsCommand;
import io.anyserve.cli.request.SubmitCommand;
import io.anyserve.cli.run.RunCommand;
import io.anyserve.cli.run.UpCommand;
import io.anyserve.cli.run.WarmCacheCommand;
import io.anyserve.cli.topics.DlqCommand;
import io.anyserve.cli.topics.RouteCommand;
import io.anyserve.cli.topics.TopicsCommand;
import io.anyserve.cli.usage.PricesCommand;
import io.anyserve.cli.usage.UsageCommand;
import io.anyserve.cli.worker.WorkerCommand;
import io.anyserve.cli.worker.WorkersCommand;
import java.util.Properties;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;

/** The program {@code anyserve}. */
@Command(
    name = "anyserve",
    description = "LLM and tensor inference served over Apache Kafka.",
    mixinStandardHelpOptions = true,
    versionProvider = AnyServe.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "More commands of the launcher: train (trains the shipped model), format (formats the"
          + " sources)."
    },
    subcommands = {
      UpCommand.class,
      PullCommand.class,
      ModelsCommand.class,
      DoctorCommand.class,
      AskCommand.class,
      SubmitCommand.class,
      ResultsCommand.class,
      RequestCommand.class,
      UsageCommand.class,
      QuotaCommand.class,
      KeysCommand.class,
      WorkersCommand.class,
      WorkerCommand.class,
      PricesCommand.class,
      ApiCommand.class,
      TopicsCommand.class,
      RouteCommand.class,
      DlqCommand.class,
      RunCommand.class,
      HealthCommand.class,
      SettingsCommand.class,
      LoadCommand.class,
      SimulateCommand.class,
      CapacityCommand.class,
      BenchCommand.class,
      ChaosCommand.class,
      FuzzCommand.class,
      WarmCacheCommand.class,
      HelpCommand.class
    })
public final class AnyServe {

  private AnyServe() {}

  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  /** Every subcommand has {@code --help}; mistakes in arguments give exit code 2, failures 1. */
  public static CommandLine commandLine() {
    return new CommandLine(new AnyServe()).setExecutionExceptionHandler(new CliErrorHandler());
  }

  /** The version that the build wrote. */
  static final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() throws java.io.IOException {
      Properties build = new Properties();
      try (var stream = AnyServe.class.getResourceAsStream("/build.properties")) {
        if (stream != null) {
          build.load(stream);
        }
      }
      return new String[] {"anyserve " + build.getProperty("version", "unknown")};
    }
  }
}
