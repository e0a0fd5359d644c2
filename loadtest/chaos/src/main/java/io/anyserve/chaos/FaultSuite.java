package io.anyserve.chaos;

import io.anyserve.chaos.FaultReport.Offered;
import io.anyserve.chaos.check.CheckInput;
import io.anyserve.chaos.check.CheckResult;
import io.anyserve.chaos.check.Checker;
import io.anyserve.chaos.client.AsyncSubmitter;
import io.anyserve.chaos.client.Calibration;
import io.anyserve.chaos.client.ClientObservation;
import io.anyserve.chaos.client.ClientPool;
import io.anyserve.chaos.client.ExpectedOutputs;
import io.anyserve.chaos.client.OpenLoopClients;
import io.anyserve.chaos.client.WorkloadGenerator;
import io.anyserve.chaos.cluster.ChaosCluster;
import io.anyserve.chaos.cluster.ClusterComponents;
import io.anyserve.chaos.cluster.MalformedRecords;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Breaks the services under load, one fault after another, and checks afterwards that nobody could
 * tell: the calling thread injects, another one brings the load.
 */
public final class FaultSuite {

  /** Topics that bring nothing new for so long are settled. */
  private static final Duration SETTLING = Duration.ofSeconds(90);

  private static final Calibration CALIBRATION = new Calibration(32, 60, 120);
  private static final Duration BEFORE_FAULTS = Duration.ofSeconds(5);
  private static final double NANOS_PER_SECOND = 1e9;

  private final FaultPlan plan;
  private final WorkloadGenerator asks;
  private final ExpectedOutputs answers;
  private final Consumer<String> progress;
  private final List<Injection> injections = new ArrayList<>();

  /**
   * @param answers what the engine alone writes
   * @param progress told what happens, a line at a time
   */
  public FaultSuite(FaultPlan plan, ExpectedOutputs answers, Consumer<String> progress) {
    this.plan = plan;
    this.asks =
        new WorkloadGenerator(
            plan.site().seed(), plan.variety(), plan.large(), plan.site().size().ingresses());
    this.answers = answers;
    this.progress = progress;
  }

  /** Starts everything, breaks it, checks it, and ends it. */
  public FaultReport run() throws IOException, InterruptedException {
    long start = System.nanoTime();
    progress.accept("starting the services in " + plan.site().folder());
    try (ChaosCluster site = ChaosCluster.in(plan.site())) {
      site.start();
      progress.accept("all services are ready; " + site.brokers());
      return run(site, start);
    }
  }

  private FaultReport run(ChaosCluster site, long start) throws IOException, InterruptedException {
    Map<String, String> skipped = new TreeMap<>();
    List<FaultKind> kinds = possible(site, skipped);
    try (ClientPool traffic =
            new ClientPool(
                site.doors(),
                new AsyncSubmitter(site.kafka(), site.topics(), plan.site().seed()),
                System::nanoTime);
        MalformedRecords garbage =
            new MalformedRecords(site.kafka(), site.topics(), InstantSource.system())) {
      Injector injector = new Injector(site, traffic, garbage, System::nanoTime);
      OpenLoopClients load = new OpenLoopClients(asks, System::nanoTime);
      traffic.start();
      long began = System.nanoTime();
      Offered offered = offered(traffic, load);
      progress.accept(TextReport.offered(offered));
      storm(traffic, injector, load, offered.rate(), new FaultSchedule(plan.site().seed(), kinds));
      progress.accept("load and faults are over; waiting for the last ends");
      traffic.awaitNobody();
      double seconds = (System.nanoTime() - began) / NANOS_PER_SECOND;
      progress.accept("reading the topics");
      List<ClientObservation> seen = traffic.seen();
      CheckResult verdict =
          Checker.check(
              new CheckInput(asks::at, answers, seen, injector.planted()),
              site.kafka(),
              site.topics(),
              SETTLING,
              System::nanoTime);
      progress.accept(
          "checked after %.0f s".formatted((System.nanoTime() - start) / NANOS_PER_SECOND));
      return report(seconds, offered, load.begun(), seen, verdict, skipped, site.parts());
    }
  }

  /** The rate asked for, or half of what the machine carries where that is less. */
  private Offered offered(ClientPool traffic, OpenLoopClients load) throws IOException {
    if (!plan.calibrated()) {
      return new Offered(plan.rate(), 0);
    }
    progress.accept("measuring what this machine carries");
    double capacity = CALIBRATION.run(traffic, load, System::nanoTime);
    if (capacity == 0) {
      throw new IOException("no request ends any more; the services' logs say why");
    }
    return new Offered(Math.min(plan.rate(), capacity / 2), capacity);
  }

  private List<FaultKind> possible(ChaosCluster site, Map<String, String> skipped) {
    List<FaultKind> kinds = new ArrayList<>();
    for (FaultKind kind : plan.kinds()) {
      Optional<String> reason = reasonAgainst(kind, site);
      reason.ifPresentOrElse(why -> skipped.put(kind.title(), why), () -> kinds.add(kind));
    }
    return kinds;
  }

  /** Why this kind cannot be injected here; empty where it can. */
  private Optional<String> reasonAgainst(FaultKind kind, ChaosCluster site) {
    int brokers = plan.site().size().brokers();
    if (!kind.suits(brokers)) {
      return Optional.of("not with " + brokers + (brokers == 1 ? " broker" : " brokers"));
    }
    if (kind == FaultKind.CLOCK) {
      return site.noClock();
    }
    return kind == FaultKind.BROKER_PARTITION && !site.partitions()
        ? Optional.of("network namespaces need root and iproute2")
        : Optional.empty();
  }

  /**
   * Load and faults, until there were enough of both. The load outlasts every fault: a fault is
   * over when a request that began after it has finished.
   */
  private void storm(
      ClientPool traffic,
      Injector injector,
      OpenLoopClients load,
      double rate,
      FaultSchedule schedule)
      throws IOException, InterruptedException {
    AtomicBoolean broken = new AtomicBoolean();
    AtomicBoolean injecting = new AtomicBoolean();
    AtomicInteger injected = new AtomicInteger();
    Thread loading =
        Thread.ofPlatform()
            .name("load")
            .start(
                () ->
                    load.run(
                        traffic,
                        rate,
                        begun ->
                            broken.get()
                                || (begun >= plan.requests()
                                    && injected.get() >= plan.faults()
                                    && !injecting.get())));
    try {
      if (!traffic.awaitFinishedSince(Long.MIN_VALUE / 2)) {
        throw new IOException("no request finishes; the services' logs say why");
      }
      injector.pause(BEFORE_FAULTS);
      while (loading.isAlive()) {
        FaultSchedule.Planned planned = schedule.next();
        injecting.set(true);
        Injection injection = injector.inject(planned);
        injections.add(injection);
        injected.incrementAndGet();
        injecting.set(false);
        progress.accept(line(injection, traffic, load));
        injector.pause(planned.pause());
      }
    } finally {
      broken.set(true);
      loading.join();
    }
  }

  private String line(Injection injection, ClientPool traffic, OpenLoopClients load) {
    return "%5.0f s: fault %d %s (%s), back after %.1f s, drained after %.1f s (%d open, at most %d); %d requests begun, %d open, %d failed, %d given up"
        .formatted(
            (injection.at() - injections.getFirst().at()) / NANOS_PER_SECOND,
            injections.size(),
            injection.kind().title(),
            injection.target(),
            injection.outage(),
            injection.drained(),
            injection.backlog().before(),
            injection.backlog().peak(),
            load.begun(),
            traffic.open().size(),
            traffic.ended(ClientObservation.End.FAILED),
            traffic.ended(ClientObservation.End.GAVE_UP));
  }

  private FaultReport report(
      double seconds,
      Offered offered,
      int begun,
      List<ClientObservation> seen,
      CheckResult verdict,
      Map<String, String> skipped,
      ClusterComponents parts) {
    Attribution attribution = new Attribution(injections, seen, verdict.findings());
    return new FaultReport(
        Instant.now(),
        plan.site().engine().kind(),
        plan.site().seed(),
        seconds,
        offered,
        counts(begun, seen, verdict),
        codes(seen),
        attribution.rows(),
        attribution.total(),
        skipped,
        injections.stream().map(FaultSuite::recovery).toList(),
        new MetricsCheck(parts.ingressHttp()).mistakes(),
        verdict.findings());
  }

  private static FaultReport.Recovery recovery(Injection injection) {
    return new FaultReport.Recovery(
        injection.kind().title(),
        injection.target(),
        injection.outage(),
        injection.backlog().before(),
        injection.backlog().peak(),
        injection.drained());
  }

  private static FaultReport.Counts counts(
      int begun, List<ClientObservation> seen, CheckResult verdict) {
    return new FaultReport.Counts(
        begun,
        verdict.accepted(),
        ended(seen, ClientObservation.End.FINISHED),
        ended(seen, ClientObservation.End.FAILED),
        ended(seen, ClientObservation.End.CANCELLED),
        ended(seen, ClientObservation.End.LEFT),
        ended(seen, ClientObservation.End.REFUSED),
        seen.stream().mapToLong(one -> one.counts().resumed()).sum(),
        verdict.ended(),
        verdict.unclaimed(),
        verdict.again(),
        verdict.chunks(),
        verdict.tokens(),
        verdict.billed());
  }

  private static Map<String, Long> codes(List<ClientObservation> seen) {
    return seen.stream()
        .filter(
            one ->
                one.how() == ClientObservation.End.FAILED
                    || one.how() == ClientObservation.End.REFUSED)
        .collect(Collectors.groupingBy(ClientObservation::code, Collectors.counting()));
  }

  private static long ended(List<ClientObservation> seen, ClientObservation.End how) {
    return seen.stream().filter(one -> one.how() == how).count();
  }
}
