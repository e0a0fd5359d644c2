package io.anyserve.cli.run;

import io.anyserve.chaos.cluster.FreePorts;
import io.anyserve.cli.options.InstallPaths;
import io.anyserve.contracts.topic.TopicCatalogue;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.contracts.topic.TopicPartitioning;
import io.anyserve.runtime.Component;
import io.anyserve.runtime.ComponentGroup;
import io.anyserve.runtime.Config;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.runtime.kafka.TopicAdmin;
import io.anyserve.standalone.Readiness;
import io.anyserve.standalone.SingleService;
import io.anyserve.standalone.SingleService.Service;
import io.anyserve.standalone.Standalone;
import io.anyserve.standalone.StandaloneLayout;
import io.anyserve.standalone.TemporaryFolder;
import io.anyserve.worker.torch.libtorch.Platform;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Starts what {@code up} starts, on data of its own, and stops: for the launcher, which lets the
 * JVM record meanwhile what it loads (JEP 514), so that {@code up} and {@code run} are ready
 * sooner. With a broker it starts what {@code run} starts, for an image that lacks the embedded
 * one.
 */
@Command(
    name = "warm-cache",
    description = "Start services once and stop.",
    mixinStandardHelpOptions = true,
    hidden = true)
public final class WarmCacheCommand implements Callable<Integer> {

  private static final int PORTS = 8;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @Option(
      names = "--kafka",
      paramLabel = "HOST:PORT",
      description = "Broker for the named services (default: everything, embedded).")
  @Nullable String kafka;

  @Parameters(paramLabel = "SERVICE", arity = "0..*", description = "Services to start.")
  List<Service> services = new ArrayList<>();

  @Override
  public Integer call() throws Exception {
    try (TemporaryFolder folder = new TemporaryFolder("anyserve-rehearsal")) {
      if (kafka == null) {
        everything(folder.path());
      } else {
        alone(kafka, folder.path());
      }
    }
    return 0;
  }

  private static void everything(Path folder) throws Exception {
    StandaloneLayout place =
        new StandaloneLayout(
            folder, new FreePorts().row(PORTS), !hasNatives(), InstallPaths.model());
    try (Standalone standalone = new Standalone(place, Map.of())) {
      standalone.start();
      Readiness.await(standalone::notReadyReasons, PATIENCE);
    }
  }

  private static boolean hasNatives() {
    return Platform.ofThisMachine().classifier().isPresent();
  }

  private void alone(String broker, Path folder) throws Exception {
    createTopics(broker);
    List<Component> started = new ArrayList<>();
    for (Service name : services) {
      started.add(service(name, broker, folder));
    }
    try (ComponentGroup all = new ComponentGroup(started)) {
      all.start();
      Readiness.await(all::notReadyReasons, PATIENCE);
    }
  }

  private static void createTopics(String broker) throws InterruptedException {
    TopicPartitioning sizes = TopicPartitioning.STANDALONE;
    var catalogue = new TopicCatalogue(TopicNames.withDefaultPrefix(), sizes);
    try (var admin = KafkaClients.of(broker).newAdmin("anyserve-rehearsal")) {
      new TopicAdmin(admin, sizes.replication()).create(catalogue.fixed());
    }
  }

  private static SingleService service(Service name, String broker, Path folder)
      throws IOException {
    return new SingleService(name, Config.parse(settings(broker, folder), Map.of()));
  }

  private static String settings(String broker, Path folder) throws IOException {
    int port = new FreePorts().row(PORTS);
    return """
    [kafka]
    bootstrap.servers = "%1$s"
    [ingress]
    port = %3$d
    http-port = %4$d
    api-http-port = %5$d
    [router]
    state-directory = '%2$s/router'
    port = %6$d
    http-port = %4$d
    [metering]
    state-directory = '%2$s/metering'
    port = %7$d
    http-port = %4$d
    usage-http-port = %8$d
    [worker]
    http-port = %4$d
    [[worker.capability]]
    name = "story"
    %9$s
    """
        .formatted(
            broker,
            folder.toAbsolutePath(),
            port,
            port + 1,
            port + 2,
            port + 3,
            port + 4,
            port + 5,
            engine());
  }

  private static String engine() {
    return hasNatives()
        ? "engine = \"torch\"\nmodel = '" + InstallPaths.model().toAbsolutePath() + "'"
        : "engine = \"simulated\"";
  }
}
