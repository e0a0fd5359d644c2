package io.anyserve.loadtest.faults;

import io.anyserve.loadtest.faults.FaultReport.Offered;
import io.anyserve.loadtest.faults.check.Checker;
import io.anyserve.loadtest.faults.check.Expectation;
import io.anyserve.loadtest.faults.check.Verdict;
import io.anyserve.loadtest.faults.site.Garbage;
import io.anyserve.loadtest.faults.site.Site;
import io.anyserve.loadtest.faults.site.SiteParts;
import io.anyserve.loadtest.faults.traffic.Answers;
import io.anyserve.loadtest.faults.traffic.AskPlan;
import io.anyserve.loadtest.faults.traffic.AsyncAsks;
import io.anyserve.loadtest.faults.traffic.Calibration;
import io.anyserve.loadtest.faults.traffic.OpenLoad;
import io.anyserve.loadtest.faults.traffic.Seen;
import io.anyserve.loadtest.faults.traffic.Traffic;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
  private final AskPlan asks;
  private final Answers answers;
  private final Consumer<String> progress;
  private final List<Injection> injections = new ArrayList<>();

  /**
   * @param answers what the engine alone writes
   * @param progress told what happens, a line at a time
   */
  public FaultSuite(FaultPlan plan, Answers answers, Consumer<String> progress) {
    this.plan = plan;
    this.asks =
        new AskPlan(
            plan.site().seed(), plan.variety(), plan.large(), plan.site().size().ingresses());
    this.answers = answers;
    this.progress = progress;
  }

  /** Starts everything, breaks it, checks it, and ends it. */
  public FaultReport run() throws IOException, InterruptedException {
    long start = System.nanoTime();
    progress.accept("starting the services in " + plan.site().folder());
    try (Site site = Site.in(plan.site())) {
      site.start();
      progress.accept("all services are ready; the broker's disk: " + site.disk());
      return run(site, start);
    }
  }

  private FaultReport run(Site site, long start) throws IOException, InterruptedException {
    Map<String, String> skipped = new TreeMap<>();
    List<FaultKind> kinds = possible(site, skipped);
    try (Traffic traffic =
            new Traffic(
                site.doors(),
                new AsyncAsks(site.kafka(), site.topics(), plan.site().seed()),
                System::nanoTime);
        Garbage garbage = new Garbage(site.kafka(), site.topics(), InstantSource.system())) {
      Injector injector = new Injector(site, traffic, garbage, System::nanoTime);
      OpenLoad load = new OpenLoad(asks, System::nanoTime);
      traffic.start();
      long began = System.nanoTime();
      Offered offered = offered(traffic, load);
      progress.accept(FaultTable.offered(offered));
      storm(traffic, injector, load, offered.rate(), new Schedule(plan.site().seed(), kinds));
      progress.accept("load and faults are over; waiting for the last ends");
      traffic.awaitNobody();
      double seconds = (System.nanoTime() - began) / NANOS_PER_SECOND;
      progress.accept("reading the topics");
      List<Seen> seen = traffic.seen();
      Verdict verdict =
          Checker.check(
              new Expectation(asks, answers, seen, injector.planted()),
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
  private Offered offered(Traffic traffic, OpenLoad load) throws IOException {
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

  private List<FaultKind> possible(Site site, Map<String, String> skipped) {
    List<FaultKind> kinds = new ArrayList<>(plan.kinds());
    if (kinds.contains(FaultKind.CLOCK) && site.noClock().isPresent()) {
      kinds.remove(FaultKind.CLOCK);
      skipped.put(FaultKind.CLOCK.title(), site.noClock().get());
    }
    return kinds;
  }

  /**
   * Load and faults, until there were enough of both. The load outlasts every fault: a fault is
   * over when a request that began after it has finished.
   */
  private void storm(
      Traffic traffic, Injector injector, OpenLoad load, double rate, Schedule schedule)
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
        Schedule.Planned planned = schedule.next();
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

  private String line(Injection injection, Traffic traffic, OpenLoad load) {
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
            traffic.ended(Seen.End.FAILED),
            traffic.ended(Seen.End.GAVE_UP));
  }

  private FaultReport report(
      double seconds,
      Offered offered,
      int begun,
      List<Seen> seen,
      Verdict verdict,
      Map<String, String> skipped,
      SiteParts parts) {
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
        new Metrics(parts.ingressHttp()).mistakes(),
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

  private static FaultReport.Counts counts(int begun, List<Seen> seen, Verdict verdict) {
    return new FaultReport.Counts(
        begun,
        verdict.accepted(),
        ended(seen, Seen.End.FINISHED),
        ended(seen, Seen.End.FAILED),
        ended(seen, Seen.End.CANCELLED),
        ended(seen, Seen.End.LEFT),
        ended(seen, Seen.End.REFUSED),
        seen.stream().mapToLong(one -> one.counts().resumed()).sum(),
        verdict.ended(),
        verdict.unclaimed(),
        verdict.again(),
        verdict.chunks(),
        verdict.tokens(),
        verdict.billed());
  }

  private static Map<String, Long> codes(List<Seen> seen) {
    return seen.stream()
        .filter(one -> one.how() == Seen.End.FAILED || one.how() == Seen.End.REFUSED)
        .collect(Collectors.groupingBy(Seen::code, Collectors.counting()));
  }

  private static long ended(List<Seen> seen, Seen.End how) {
    return seen.stream().filter(one -> one.how() == how).count();
  }
}
