package io.anyserve.cli.run;

import io.anyserve.chaos.cluster.FreePorts;
import io.anyserve.cli.options.InstallPaths;
import io.anyserve.standalone.Readiness;
import io.anyserve.standalone.Standalone;
import io.anyserve.standalone.StandaloneLayout;
import io.anyserve.standalone.TemporaryFolder;
import io.anyserve.worker.torch.libtorch.Platform;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * Starts what {@code up} starts, on data of its own, and stops: for the launcher, which lets the
 * JVM record meanwhile what it loads (JEP 514), so that {@code up} and {@code run} are ready
 * sooner.
 */
@Command(
    name = "warm-cache",
    description = "Start every service once and stop.",
    mixinStandardHelpOptions = true,
    hidden = true)
public final class WarmCacheCommand implements Callable<Integer> {

  private static final int PORTS = 8;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @Override
  public Integer call() throws Exception {
    try (TemporaryFolder folder = new TemporaryFolder("anyserve-rehearsal")) {
      boolean simulated = Platform.ofThisMachine().classifier().isEmpty();
      StandaloneLayout place =
          new StandaloneLayout(
              folder.path(), new FreePorts().row(PORTS), simulated, InstallPaths.model());
      try (Standalone standalone = new Standalone(place, Map.of())) {
        standalone.start();
        Readiness.await(standalone::notReadyReasons, PATIENCE);
      }
    }
    return 0;
  }
}
