package io.anyserve.cli.bench;

import io.anyserve.chaos.cluster.AotCache;
import io.anyserve.chaos.cluster.ChaosCluster;
import io.anyserve.chaos.cluster.ClusterComponents;
import io.anyserve.chaos.cluster.ClusterSize;
import io.anyserve.chaos.cluster.EngineChoice;
import io.anyserve.chaos.cluster.LaunchCommand;
import io.anyserve.cli.options.InstallPaths;
import io.anyserve.cli.options.ThisProgram;
import io.anyserve.loadtest.capacity.CostFit;
import io.anyserve.loadtest.capacity.CostSample;
import io.anyserve.loadtest.capacity.ProcessCosts;
import io.anyserve.loadtest.report.PhaseReport;
import io.anyserve.loadtest.run.ScenarioRun;
import io.anyserve.loadtest.scenario.Scenario;
import io.anyserve.loadtest.scenario.ScenarioFile;
import io.anyserve.standalone.TemporaryFolder;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures the processor time and the bytes of a request, a record and a chunk. */
@Command(
    mixinStandardHelpOptions = true,
    name = "costs",
    description =
        "Measure what a request, a record of tokens and a chunk take of each process, which"
            + " `capacity` and `simulate` count with.",
    sortOptions = false)
final class BenchCostsCommand implements Callable<Integer> {

  private static final ClusterSize ONE_EACH = new ClusterSize(1, 1, 1, 1, 1);
  private static final ClusterSize MANY_WORKERS = new ClusterSize(1, 1, 1, 1, 6);
  private static final int SLOTS = 512;
  private static final int HEAP_MEGABYTES = 512;
  private static final long SEED = 1;
  private static final List<String> KINDS =
      List.of("ingress", "router", "worker", "metering", "broker");

  private static final List<Integer> WORKERS = List.of(1, 4, 16);
  private static final List<Integer> RECORDS = List.of(1, 4);

  /** For metering and the routers to be done. */
  private static final Duration SETTLE = Duration.ofSeconds(2);

  @Spec CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--seconds",
      defaultValue = "20",
      description = "Seconds of each load (default: ${DEFAULT-VALUE}).")
  int seconds;

  @Option(
      names = "--warm-up",
      paramLabel = "SECONDS",
      defaultValue = "20",
      description = "Seconds of each load before, to compile the code (default: ${DEFAULT-VALUE}).")
  int warmUp;

  @Override
  public Integer call() throws Exception {
    List<CostSample> samples = new ArrayList<>();
    samples.addAll(
        measured(ONE_EACH, CostLoads.ofOneWorker(warmUp), CostLoads.ofOneWorker(seconds)));
    samples.addAll(
        measured(MANY_WORKERS, CostLoads.ofManyWorkers(warmUp), CostLoads.ofManyWorkers(seconds)));
    show(samples);
    try (TemporaryFolder folder = new TemporaryFolder("anyserve-bench");
        ChaosCluster cluster = started(folder, ONE_EACH);
        Admin admin = cluster.kafka().newAdmin("costs")) {
      acquisition(cluster, admin);
    }
    return 0;
  }

  private List<CostSample> measured(ClusterSize size, List<CostLoads> first, List<CostLoads> loads)
      throws Exception {
    try (TemporaryFolder folder = new TemporaryFolder("anyserve-bench");
        ChaosCluster cluster = started(folder, size);
        Admin admin = cluster.kafka().newAdmin("costs")) {
      for (CostLoads load : first) {
        progress("warming up: " + load.name());
        PhaseReport _ = run(cluster, load, folder.path());
      }
      return measure(cluster, new CostProbe(cluster, admin), loads, folder.path());
    }
  }

  private static ChaosCluster started(TemporaryFolder folder, ClusterSize size)
      throws IOException, InterruptedException {
    ChaosCluster cluster =
        ChaosCluster.in(new ClusterComponents.Plan(folder.path(), program(), size, engine(), SEED));
    try {
      cluster.start();
      return cluster;
    } catch (IOException | InterruptedException | RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  private static LaunchCommand program() throws IOException {
    LaunchCommand here = ThisProgram.command();
    return AotCache.recorded(here, InstallPaths.aotCache()).orElse(here);
  }

  private static EngineChoice engine() {
    return new EngineChoice(
        "simulated",
        "words",
        SLOTS,
        Map.of("token-rate", Integer.toString(CostLoads.TOKEN_RATE)),
        HEAP_MEGABYTES);
  }

  private List<CostSample> measure(
      ChaosCluster cluster, CostProbe probe, List<CostLoads> loads, Path folder)
      throws IOException, InterruptedException {
    progress("idle");
    pause(SETTLE);
    CostProbe.Reading idleFrom = probe.read();
    pause(Duration.ofSeconds(seconds));
    Map<String, Double> idle = probe.read().idleSince(idleFrom);
    List<CostSample> samples = new ArrayList<>();
    for (CostLoads load : loads) {
      progress(load.name());
      CostProbe.Reading before = probe.read();
      PhaseReport report = run(cluster, load, folder);
      pause(SETTLE);
      CostProbe.Reading after = probe.read();
      samples.add(
          new CostSample(
              load.name(),
              report.counts().finished(),
              after.records() - before.records(),
              report.counts().tokens(),
              after.microsSince(before, idle),
              after.bytesSince(before)));
    }
    return samples;
  }

  private static PhaseReport run(ChaosCluster cluster, CostLoads load, Path folder)
      throws IOException, InterruptedException {
    Path file = Files.writeString(folder.resolve("load.toml"), load.toml());
    String ingresses =
        cluster.doors().stream()
            .map(door -> "127.0.0.1:" + door.grpc())
            .collect(Collectors.joining(","));
    Scenario scenario = ScenarioFile.read(file, Map.of("target.addresses", ingresses));
    PhaseReport report =
        new ScenarioRun(scenario, Map.of(), InstantSource.system(), _ -> {})
            .run()
            .phases()
            .getFirst();
    if (report.counts().finished() < report.counts().sent()) {
      throw new IOException(load.name() + ": not all were answered: " + report.counts());
    }
    return report;
  }

  private static void pause(Duration length) throws InterruptedException {
    boolean _ = new CountDownLatch(1).await(length.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void show(List<CostSample> samples) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf("%-16s %10s %10s %10s", "load", "requests", "records", "chunks");
    KINDS.forEach(kind -> out.printf(" %9s", kind));
    out.println("   CPU seconds");
    for (CostSample sample : samples) {
      out.printf(
          Locale.ROOT,
          "%-16s %,10.0f %,10.0f %,10.0f",
          sample.load(),
          sample.requests(),
          sample.records(),
          sample.chunks());
      KINDS.forEach(
          kind -> out.printf(Locale.ROOT, " %9.2f", sample.micros().getOrDefault(kind, 0.0) / 1e6));
      out.println();
    }
    out.printf("%n%-16s %10s %10s %10s%n", "microseconds", "request", "record", "chunk");
    for (String kind : KINDS) {
      costs(kind, CostFit.of(samples, sample -> sample.micros().getOrDefault(kind, 0.0)));
    }
    out.printf("%n%-16s %10s %10s %10s%n", "bytes", "request", "record", "chunk");
    samples.getFirst().bytes().entrySet().stream()
        .filter(topic -> topic.getValue() > 0)
        .map(Map.Entry::getKey)
        .filter(topic -> !topic.startsWith("__"))
        .sorted()
        .forEach(
            topic ->
                costs(
                    topic.replaceFirst("anyserve.", ""),
                    CostFit.of(samples, sample -> sample.bytes().getOrDefault(topic, 0.0))));
    out.printf(
        Locale.ROOT,
        "prompts have about %d bytes; load average %.1f%n",
        5 * CostLoads.PROMPT,
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    out.flush();
  }

  private void acquisition(ChaosCluster cluster, Admin admin)
      throws ExecutionException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    for (int workers : WORKERS) {
      for (int records : RECORDS) {
        var bench = new AcquisitionBench(cluster.kafka(), admin, workers, records);
        AcquisitionBench.Rate rate = bench.run(workers + "-" + records);
        out.printf(
            Locale.ROOT,
            "one partition, %d workers, %d records a poll: %,.0f polls/s, %,.0f requests/s%n",
            workers,
            records,
            rate.polls(),
            rate.requests());
        out.flush();
      }
    }
  }

  private void costs(String name, ProcessCosts costs) {
    spec.commandLine()
        .getOut()
        .printf(
            Locale.ROOT,
            "%-16s %10.1f %10.1f %10.2f%n",
            name,
            costs.request(),
            costs.record(),
            costs.chunk());
  }

  private void progress(String what) {
    spec.commandLine().getErr().println(what);
  }
}
