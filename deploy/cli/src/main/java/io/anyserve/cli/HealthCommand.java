package io.anyserve.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Asks the services of this machine whether they are ready. */
@Command(
    mixinStandardHelpOptions = true,
    name = "health",
    description = "Check that the services on this machine are ready; the exit code is 1 when not.")
final class HealthCommand implements Callable<Integer> {

  @Parameters(
      paramLabel = "SERVICE",
      arity = "0..*",
      description =
          "ingress, metering, router or worker (default: those that listen). Their ports are"
              + " ANYSERVE_SERVICE_HTTP_PORT, else the default ones.")
  List<String> services = new ArrayList<>();

  @Override
  public Integer call() {
    return new ReadinessProbe(System.getenv(), new PrintStream(System.out, true)).check(services);
  }
}
