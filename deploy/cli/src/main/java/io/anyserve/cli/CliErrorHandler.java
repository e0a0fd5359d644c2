package io.anyserve.cli;

import io.anyserve.cli.run.RunBrokerCommand;
import io.anyserve.cli.run.RunCommand;
import io.anyserve.cli.run.RunStoreCommand;
import io.anyserve.cli.run.UpCommand;
import io.anyserve.runtime.ConfigException;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Turns what a command throws into one clear message and an exit code, without a stack trace. */
final class CliErrorHandler implements IExecutionExceptionHandler {

  private static final String TRACE = "ANYSERVE_TRACE";

  @Override
  public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
    String text = "anyserve: " + message(e) + hint(e, command.getCommand());
    command.getErr().println(command.getColorScheme().errorText(text));
    if (System.getenv(TRACE) != null) {
      e.printStackTrace(command.getErr());
    }
    // Who starts services again need not do so for these.
    return e instanceof ConfigException
        ? command.getCommandSpec().exitCodeOnInvalidInput()
        : command.getCommandSpec().exitCodeOnExecutionException();
  }

  /** What a server lacks to start may be anything; mistakes in settings say enough themselves. */
  private static String hint(Exception e, Object command) {
    boolean server =
        command instanceof UpCommand
            || command instanceof RunCommand
            || command instanceof RunBrokerCommand
            || command instanceof RunStoreCommand;
    return server && !(e instanceof ConfigException)
        ? "\nRun ./anyserve doctor to see what this machine lacks."
        : "";
  }

  private static String message(Throwable e) {
    return switch (e) {
      case StatusRuntimeException call -> message(call.getStatus());
      case ConfigException settings -> "settings:\n" + settings.getMessage();
      case KafkaException kafka -> "Kafka: " + kafka.getMessage() + cause(kafka);
      default -> e.getMessage() == null ? e.toString() : e.getMessage();
    };
  }

  private static String message(Status status) {
    String description = status.getDescription() == null ? "" : ": " + status.getDescription();
    String hint =
        status.getCode() == Status.Code.UNAVAILABLE && status.getCause() != null
            ? " (" + status.getCause().getMessage() + "; is `anyserve up` running?)"
            : "";
    return status.getCode() + description + hint;
  }

  private static String cause(Throwable e) {
    return e.getCause() == null ? "" : " (" + e.getCause().getMessage() + ")";
  }
}
