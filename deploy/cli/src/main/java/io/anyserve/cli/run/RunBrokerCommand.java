package io.anyserve.cli.run;

import io.anyserve.embedded.EmbeddedBroker;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the embedded Kafka broker alone. */
@Command(
    mixinStandardHelpOptions = true,
    name = "broker",
    description = "Run only the embedded Kafka broker, on 127.0.0.1.",
    sortOptions = false)
public final class RunBrokerCommand implements Callable<Integer> {

  @Spec CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = "Data directory; it survives restarts.")
  Path data = Path.of("");

  @Option(
      names = "--port",
      defaultValue = "7402",
      description = "Port for clients (default: ${DEFAULT-VALUE}).")
  int port;

  @Option(
      names = "--advertised-port",
      paramLabel = "PORT",
      description = "Port that clients are told to use, such as a proxy's (default: the port).")
  @Nullable Integer advertisedPort;

  @Mixin ForegroundProcess life = new ForegroundProcess();

  @Override
  public Integer call() throws Exception {
    EmbeddedBroker broker =
        EmbeddedBroker.start(data, port, advertisedPort == null ? port : advertisedPort);
    return life.run(
        broker,
        () -> "broker is ready: Kafka " + broker.bootstrapServers(),
        spec.commandLine().getOut());
  }
}
