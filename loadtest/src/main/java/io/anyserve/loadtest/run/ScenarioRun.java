package io.anyserve.loadtest.run;

import io.anyserve.loadtest.HostInfo;
import io.anyserve.loadtest.report.LoadReport;
import io.anyserve.loadtest.report.LoadReport.IdleUse;
import io.anyserve.loadtest.report.Objective;
import io.anyserve.loadtest.report.PhaseReport;
import io.anyserve.loadtest.scenario.CallerProfile;
import io.anyserve.loadtest.scenario.Scenario;
import io.anyserve.loadtest.scenario.Scenario.Backlog;
import io.anyserve.loadtest.scenario.TargetKind;
import io.anyserve.loadtest.scrape.MetricsScraper;
import io.anyserve.loadtest.targets.LoadTarget;
import io.anyserve.loadtest.targets.Targets;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs a scenario against a service and reports what it measured. A backlog is measured in three
 * stretches: the traffic alone, the backlog alone, and both at once.
 *
 * @param keys API keys by the names of callers
 * @param progress told each window
 */
public record ScenarioRun(
    Scenario scenario,
    Map<String, String> keys,
    InstantSource clock,
    Consumer<LoadProgress> progress) {

  private static final String LOAD = "load";
  private static final String ALONE = "interactive alone";
  private static final String BACKLOG = "backlog alone";
  private static final String BESIDE = "interactive beside backlog";
  private static final String BACKLOG_BESIDE = "backlog beside interactive";

  /** A backlog may take so many times the duration. */
  private static final int BACKLOG_PATIENCE = 20;

  private static final double OUTLASTED = 0.98;

  /** Throws IOException where a line of the trace is no request, before anything is sent. */
  public LoadReport run() throws IOException, InterruptedException {
    callers().checkTrace();
    Instant at = clock.instant();
    List<PhaseReport> phases = new ArrayList<>();
    @Nullable IdleUse idle = null;
    try (MetricsScraper scraper = new MetricsScraper(scenario.metrics());
        LoadTarget target = open(scenario.target().kind())) {
      if (scenario.backlog().isPresent()) {
        idle = besideBacklog(scenario.backlog().get(), target, scraper, phases);
      } else {
        phases.add(traffic(LOAD, scenario.times().warmUp(), target, scraper));
      }
    }
    return new LoadReport(
        LoadReport.VERSION,
        at,
        scenario.name(),
        scenario.description(),
        HostInfo.text(),
        ScenarioText.of(scenario),
        scenario.seed(),
        scenario.checks().objective().map(Objective::text).orElse(""),
        phases,
        idle);
  }

  private ScenarioCallers callers() {
    return new ScenarioCallers(scenario, keys);
  }

  private LoadTarget open(TargetKind kind) {
    return Targets.open(kind, scenario.target(), clock, scenario.seed());
  }

  private PhaseReport traffic(
      String name, Duration warmUp, LoadTarget target, MetricsScraper scraper) throws IOException {
    var times =
        new PhaseRun.Times(warmUp, scenario.times().duration(), scenario.times().patience(), false);
    var phase =
        new PhaseRun(
            name, times, scenario.callers(), scenario.checks().objective(), scraper, progress);
    try (SessionSource source = callers().source(times.load())) {
      return phase.run(source, target);
    }
  }

  private IdleUse besideBacklog(
      Backlog backlog, LoadTarget target, MetricsScraper scraper, List<PhaseReport> phases)
      throws IOException, InterruptedException {
    try (LoadTarget intake = open(TargetKind.KAFKA);
        MetricsScraper none = new MetricsScraper(List.of());
        ExecutorService second = Executors.newSingleThreadExecutor()) {
      PhaseReport alone = traffic(ALONE, scenario.times().warmUp(), target, scraper);
      PhaseReport capacity = backlog(BACKLOG, backlog, intake, scraper);
      Future<PhaseReport> batch =
          second.submit(() -> backlog(BACKLOG_BESIDE, backlog, intake, none));
      PhaseReport beside = traffic(BESIDE, Duration.ZERO, target, scraper);
      phases.addAll(List.of(alone, capacity, beside, batch.get()));
      return new IdleUse(
          alone.latencies().firstToken().p99(),
          beside.latencies().firstToken().p99(),
          capacity.rates().tokens(),
          beside.rates().tokens(),
          phases.getLast().rates().tokens(),
          phases.getLast().seconds() >= OUTLASTED * beside.seconds());
    } catch (ExecutionException e) {
      throw new IOException("the backlog failed: " + e.getCause(), e);
    }
  }

  private PhaseReport backlog(
      String name, Backlog backlog, LoadTarget intake, MetricsScraper scraper) throws IOException {
    Duration duration = scenario.times().duration();
    boolean beside = name.equals(BACKLOG_BESIDE);
    var times =
        new PhaseRun.Times(
            Duration.ZERO,
            beside ? duration : duration.multipliedBy(BACKLOG_PATIENCE),
            beside ? duration.multipliedBy(BACKLOG_PATIENCE) : scenario.times().patience(),
            true);
    List<CallerProfile> callers = List.of(CallerProfile.ofBacklog(backlog));
    var phase =
        new PhaseRun(name, times, callers, Optional.empty(), scraper, beside ? _ -> {} : progress);
    return phase.run(SessionSources.atOnce(callers().mix(callers), backlog.requests()), intake);
  }
}
