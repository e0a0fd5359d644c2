package io.anyserve.cli.bench;

import io.anyserve.chaos.client.IngressAddress;
import io.anyserve.chaos.cluster.AotCache;
import io.anyserve.chaos.cluster.ChaosCluster;
import io.anyserve.chaos.cluster.ClusterComponents;
import io.anyserve.chaos.cluster.ClusterSize;
import io.anyserve.chaos.cluster.EngineChoice;
import io.anyserve.chaos.cluster.LaunchCommand;
import io.anyserve.chaos.cluster.ServiceProcess;
import io.anyserve.cli.options.InstallPaths;
import io.anyserve.cli.options.ThisProgram;
import io.anyserve.loadtest.conversations.ConversationsBench;
import io.anyserve.loadtest.conversations.ConversationsReport;
import io.anyserve.loadtest.conversations.ConversationsTable;
import io.anyserve.loadtest.conversations.ConversationsTarget;
import io.anyserve.loadtest.conversations.ConversationsTarget.MeasuredIngress;
import io.anyserve.loadtest.conversations.ConversationsTarget.MeasuredRouter;
import io.anyserve.standalone.TemporaryFolder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures what many conversations cost an ingress and a router, each in its own process. */
@Command(
    mixinStandardHelpOptions = true,
    name = "conversations",
    description =
        "Fill the router with conversations, and measure memory, lists, searches and restores.",
    sortOptions = false)
final class BenchConversationsCommand implements Callable<Integer> {

  private static final ClusterSize ONE_EACH = new ClusterSize(1, 1, 1, 1, 1);
  private static final EngineChoice ENGINE =
      new EngineChoice("simulated", "words", 1, Map.of(), 128);
  private static final long SEED = 1;
  private static final String ROUTER = "router-1";
  private static final String APPLICATION = "router-conversations";

  @Spec CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--conversations",
      defaultValue = "100000",
      description =
          "Conversations, half of them of one tenant, above 1000 (default: ${DEFAULT-VALUE}).")
  int conversations;

  @Option(
      names = "--messages",
      defaultValue = "40",
      description = "Messages of each conversation (default: ${DEFAULT-VALUE}).")
  int messages;

  @Option(
      names = "--seconds",
      defaultValue = "5",
      description = "Seconds of each measurement (default: ${DEFAULT-VALUE}).")
  int seconds;

  @Option(
      names = "--warm-up",
      paramLabel = "SECONDS",
      defaultValue = "20",
      description = "Seconds of warm-up with all calls (default: ${DEFAULT-VALUE}).")
  int warmUp;

  @Option(
      names = "--classpath",
      paramLabel = "PATH",
      description = "Class path of the services, such as another version's (default: this one's).")
  @Nullable String classPath;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Also write the report to this file, as JSON.")
  @Nullable Path json;

  @Override
  public Integer call() throws Exception {
    ConversationsBench.Plan plan = plan();
    try (TemporaryFolder folder = new TemporaryFolder("anyserve-bench");
        ChaosCluster cluster =
            ChaosCluster.in(
                new ClusterComponents.Plan(folder.path(), program(), ONE_EACH, ENGINE, SEED))) {
      progress("starting the services in " + folder.path());
      cluster.start();
      ConversationsTarget target = target(cluster, folder.path());
      ConversationsReport report = new ConversationsBench(target, plan, this::progress).run();
      PrintWriter out = spec.commandLine().getOut();
      out.print(ConversationsTable.of(report));
      out.flush();
      BenchCommand.write(report, json);
      return 0;
    }
  }

  private ConversationsBench.Plan plan() {
    try {
      return new ConversationsBench.Plan(conversations, messages, warmUp, seconds);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--" + e.getMessage(), e);
    }
  }

  private LaunchCommand program() throws Exception {
    LaunchCommand here = ThisProgram.command();
    if (classPath != null) {
      return new LaunchCommand(here.java(), classPath, here.mainClass(), here.options());
    }
    return AotCache.recorded(here, InstallPaths.aotCache()).orElse(here);
  }

  private static ConversationsTarget target(ChaosCluster cluster, Path folder) {
    IngressAddress address = cluster.doors().getFirst();
    ServiceProcess ingress = cluster.parts().ingresses().getFirst();
    ServiceProcess router = cluster.parts().routers().getFirst();
    Path store = folder.resolve(ROUTER).resolve(cluster.topics().prefix() + APPLICATION);
    return new ConversationsTarget(
        cluster.kafka(),
        cluster.topics(),
        new MeasuredIngress(address.grpc(), address.http(), ingress::pid),
        new MeasuredRouter(
            router::pid,
            store,
            keep -> restart(cluster, router, keep ? List.of() : List.of(store))));
  }

  /** Returns the nanoseconds from the start until it is ready. */
  private static long restart(ChaosCluster cluster, ServiceProcess router, List<Path> deleted)
      throws IOException {
    router.terminate();
    for (Path folder : deleted) {
      delete(folder);
    }
    long begin = System.nanoTime();
    cluster.restore(router);
    return System.nanoTime() - begin;
  }

  private static void delete(Path folder) throws IOException {
    List<Path> content;
    try (Stream<Path> walk = Files.walk(folder)) {
      content = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : content) {
      Files.delete(file);
    }
  }

  private void progress(String what) {
    spec.commandLine().getErr().println(what);
  }
}
