package io.anyserve.standalone.cli;

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
      "More commands of the launcher: train (trains the shipped model), format (formats the sources)."
    },
    subcommands = {
      UpCommand.class,
      DoctorCommand.class,
      AskCommand.class,
      SubmitCommand.class,
      ResultsCommand.class,
      RequestCommand.class,
      UsageCommand.class,
      QuotaCommand.class,
      WorkersCommand.class,
      WorkerCommand.class,
      PricesCommand.class,
      TopicsCommand.class,
      RouteCommand.class,
      DlqCommand.class,
      RunCommand.class,
      SettingsCommand.class,
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
  static CommandLine commandLine() {
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
