package io.anyserve.cli.run;

import io.anyserve.embedded.ClusterNode;
import io.anyserve.embedded.EmbeddedBroker;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs the embedded Kafka broker alone. */
@Command(
    mixinStandardHelpOptions = true,
    name = "broker",
    description = "Run only the embedded Kafka broker, on 127.0.0.1, or one of a cluster.",
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

  @Option(
      names = "--controllers",
      split = ",",
      paramLabel = "HOST:PORT",
      description =
          "Addresses of the controllers of all brokers of a cluster, this one's included (default:"
              + " a broker on its own).")
  List<String> controllers = List.of();

  @Option(
      names = "--node",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Which of --controllers is this broker's; it listens on that host (default:"
              + " ${DEFAULT-VALUE}).")
  int node;

  @Mixin ForegroundProcess life = new ForegroundProcess();

  @Override
  public Integer call() throws Exception {
    EmbeddedBroker broker = start();
    return life.run(
        broker,
        () -> "broker is ready: Kafka " + broker.bootstrapServers(),
        spec.commandLine().getOut());
  }

  private EmbeddedBroker start() throws IOException {
    if (controllers.isEmpty()) {
      return EmbeddedBroker.start(data, port, advertisedPort == null ? port : advertisedPort);
    }
    if (advertisedPort != null) {
      throw new ParameterException(
          spec.commandLine(), "--advertised-port: " + advertisedPort + " (expected: none)");
    }
    try {
      return EmbeddedBroker.start(data, port, new ClusterNode(node, controllers));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--controllers: " + e.getMessage(), e);
    }
  }
}
