package io.anyserve.chaos.rolling;

import io.anyserve.audit.Violation;
import io.anyserve.chaos.check.CheckInput;
import io.anyserve.chaos.check.CheckResult;
import io.anyserve.chaos.check.Checker;
import io.anyserve.chaos.client.AsyncSubmitter;
import io.anyserve.chaos.client.ChunkTimes;
import io.anyserve.chaos.client.ClientObservation;
import io.anyserve.chaos.client.ClientPool;
import io.anyserve.chaos.client.ExpectedOutputs;
import io.anyserve.chaos.cluster.ChaosCluster;
import io.anyserve.chaos.cluster.ClusterComponents;
import io.anyserve.chaos.cluster.ServiceProcess;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Restarts every service of a cluster under streams, one process after another, then adds an
 * ingress and a worker and removes them again; and measures what the streams' clients see of it.
 *
 * @param scope which services are changed, and how
 * @param settle how long clients are watched after a process is ready, before the next one stops
 * @param answers what the engine alone writes
 * @param progress told what happens next
 */
public record RollingBench(
    ClusterComponents.Plan site,
    Scope scope,
    RollingLoad load,
    Duration settle,
    ExpectedOutputs answers,
    Consumer<String> progress) {

  /**
   * What is done.
   *
   * @param restarted services by their names, such as worker-1, or by the name's kind, worker;
   *     empty for all
   * @param scale the last ingress and the last worker of the cluster do not run at first: they are
   *     added and removed
   */
  public record Scope(Set<String> restarted, boolean scale) {

    public Scope {
      restarted = Set.copyOf(restarted);
    }

    private boolean restarts(ServiceProcess service) {
      String name = service.name();
      return restarted.isEmpty()
          || restarted.contains(name)
          || restarted.contains(name.substring(0, name.lastIndexOf('-')));
    }
  }

  /** As operators are told: a worker's time to drain, and 45 s. */
  private static final Duration STOPPING = Duration.ofSeconds(75);

  private static final Duration READY = Duration.ofMinutes(2);
  private static final Duration RUNNING = Duration.ofMinutes(3);
  private static final Duration SETTLED = Duration.ofSeconds(90);
  private static final int TOKENS_BEFORE = 10;
  private static final long LOOK_NANOS = 20_000_000;
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double NANOS_PER_MILLI = 1e6;

  public RollingReport run() throws IOException, InterruptedException {
    progress.accept("starting the services in " + site.folder());
    try (ChaosCluster cluster = ChaosCluster.in(site)) {
      cluster.start();
      spares(cluster.parts()).forEach(ServiceProcess::terminate);
      try (ClientPool clients =
          new ClientPool(
              cluster.doors(),
              new AsyncSubmitter(cluster.kafka(), cluster.topics(), site.seed()),
              System::nanoTime,
              false)) {
        clients.start();
        return run(cluster, clients);
      }
    }
  }

  private List<ServiceProcess> spares(ClusterComponents parts) {
    if (!scope.scale()) {
      return List.of();
    }
    return List.of(parts.ingresses().getLast(), parts.workers().getLast());
  }

  private RollingReport run(ChaosCluster cluster, ClientPool clients)
      throws IOException, InterruptedException {
    long began = System.nanoTime();
    int ingresses = cluster.parts().ingresses().size() - (scope.scale() ? 1 : 0);
    ContinuousStreams streams = new ContinuousStreams(load, clients, ingresses);
    List<ServiceChange> changes;
    try (streams) {
      streams.start();
      awaitRunning(streams);
      progress.accept(load.streams() + " streams are open");
      changes = roll(cluster.parts(), streams);
    }
    double loadAverage = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    progress.accept("waiting for the ends of the streams");
    clients.awaitNobody();
    double seconds = (System.nanoTime() - began) / NANOS_PER_SECOND;
    progress.accept("comparing the ledger with the log");
    List<ClientObservation> seen = clients.seen();
    CheckResult log =
        Checker.check(
            new CheckInput(index -> load.at(index), answers, seen, List.of()),
            cluster.kafka(),
            cluster.topics(),
            SETTLED,
            System::nanoTime);
    return new RollingReport(
        rows(changes, streams.times(), seen, log),
        seconds,
        loadAverage,
        Runtime.getRuntime().availableProcessors(),
        seen.stream().filter(RollingBench::finished).count(),
        errors(seen),
        seen.stream().mapToLong(one -> one.counts().resumed()).sum(),
        log);
  }

  private static void awaitRunning(ContinuousStreams streams) throws IOException {
    long begin = System.nanoTime();
    while (!streams.running(TOKENS_BEFORE)) {
      if (System.nanoTime() - begin > RUNNING.toNanos()) {
        throw new IOException("the streams do not run; the services' logs say why");
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  private List<ServiceChange> roll(ClusterComponents parts, ContinuousStreams streams)
      throws IOException {
    List<ServiceChange> changes = new ArrayList<>();
    List<ServiceProcess> spares = spares(parts);
    List<ServiceProcess> running =
        Stream.of(parts.ingresses(), parts.routers(), parts.metering(), parts.workers())
            .flatMap(List::stream)
            .filter(service -> scope.restarts(service) && !spares.contains(service))
            .toList();
    for (ServiceProcess service : running) {
      changes.add(change(service, ServiceChange.Kind.RESTART));
    }
    for (ServiceProcess spare : spares) {
      changes.add(change(spare, ServiceChange.Kind.ADD));
      streams.spreadOver(alive(parts.ingresses()));
    }
    for (ServiceProcess spare : spares) {
      changes.add(change(spare, ServiceChange.Kind.REMOVE));
      streams.spreadOver(alive(parts.ingresses()));
    }
    return changes;
  }

  private static int alive(List<ServiceProcess> services) {
    return (int) services.stream().filter(ServiceProcess::alive).count();
  }

  private ServiceChange change(ServiceProcess service, ServiceChange.Kind kind) throws IOException {
    long at = System.nanoTime();
    boolean stops = kind != ServiceChange.Kind.ADD;
    boolean starts = kind != ServiceChange.Kind.REMOVE;
    boolean killed = stops && !service.terminate(STOPPING);
    long stopped = System.nanoTime();
    if (starts) {
      service.start();
      service.awaitReady(READY);
    }
    long ready = System.nanoTime();
    ServiceChange change =
        new ServiceChange(
            service.name(),
            kind,
            at,
            ready,
            stops ? Optional.of((stopped - at) / NANOS_PER_SECOND) : Optional.empty(),
            killed,
            starts ? Optional.of((ready - stopped) / NANOS_PER_SECOND) : Optional.empty());
    pause();
    progress.accept("%s: %s".formatted(service.name(), RollingTable.times(change)));
    return change.until(System.nanoTime());
  }

  private void pause() {
    long until = System.nanoTime() + settle.toNanos();
    long left;
    while ((left = until - System.nanoTime()) > 0 && !Thread.currentThread().isInterrupted()) {
      LockSupport.parkNanos(left);
    }
  }

  private static List<RollingReport.Row> rows(
      List<ServiceChange> changes,
      List<ChunkTimes> times,
      List<ClientObservation> seen,
      CheckResult log) {
    Map<Integer, ClientObservation> clients =
        seen.stream()
            .collect(
                Collectors.toMap(ClientObservation::ask, Function.identity(), (first, _) -> first));
    return changes.stream()
        .map(
            change ->
                new RollingReport.Row(
                    change.service(),
                    change.kind(),
                    change.stop(),
                    change.ready(),
                    change.killed(),
                    millis(times, one -> one.longestGap(change.at(), change.until())),
                    millis(times, one -> one.wait(change.at(), change.until())),
                    seen.stream().filter(one -> !finished(one) && endedIn(one, change)).count(),
                    log.findings().stream()
                        .filter(found -> wasOpen(found, clients, change))
                        .count()))
        .toList();
  }

  private static RollingReport.Distribution millis(
      List<ChunkTimes> times, Function<ChunkTimes, OptionalLong> measure) {
    return RollingReport.Distribution.of(
        times.stream()
            .map(measure)
            .filter(OptionalLong::isPresent)
            .map(nanos -> nanos.getAsLong() / NANOS_PER_MILLI)
            .toList());
  }

  private static boolean finished(ClientObservation seen) {
    return seen.how() == ClientObservation.End.FINISHED;
  }

  private static boolean endedIn(ClientObservation seen, ServiceChange change) {
    return seen.end() >= change.at() && seen.end() < change.until();
  }

  private static boolean wasOpen(
      Violation found, Map<Integer, ClientObservation> clients, ServiceChange change) {
    ClientObservation client = clients.get(found.ask());
    return client != null && client.begin() < change.until() && client.end() >= change.at();
  }

  private static Map<String, Long> errors(List<ClientObservation> seen) {
    return seen.stream()
        .filter(one -> !finished(one))
        .collect(Collectors.groupingBy(one -> one.how() + " " + one.code(), Collectors.counting()));
  }
}
