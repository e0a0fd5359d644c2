package io.anyserve.loadtest.run;

import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.loadtest.HostInfo;
import io.anyserve.loadtest.report.LoadReport;
import io.anyserve.loadtest.report.LoadReport.IdleUse;
import io.anyserve.loadtest.report.Objective;
import io.anyserve.loadtest.report.PhaseReport;
import io.anyserve.loadtest.scenario.CallerProfile;
import io.anyserve.loadtest.scenario.Scenario;
import io.anyserve.loadtest.scenario.Scenario.Backlog;
import io.anyserve.loadtest.scenario.TargetKind;
import io.anyserve.loadtest.scenario.Traffic;
import io.anyserve.loadtest.scrape.MetricsScraper;
import io.anyserve.loadtest.targets.LoadTarget;
import io.anyserve.loadtest.targets.Targets;
import io.anyserve.loadtest.trace.TokensTopicTrace;
import io.anyserve.loadtest.trace.TraceFile;
import io.anyserve.loadtest.trace.TraceReader;
import io.anyserve.loadtest.trace.TraceRequest;
import io.anyserve.runtime.kafka.KafkaClients;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
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
    checkTrace();
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

  private LoadTarget open(TargetKind kind) {
    return Targets.open(kind, scenario.target(), clock, scenario.seed());
  }

  /** Reads a trace as far as it will be replayed, so that a bad line does not end a long run. */
  private void checkTrace() throws IOException {
    if (scenario.traffic() instanceof Traffic.Replay(var source, var speed, _)
        && source.isPresent()) {
      double end = scenario.times().warmUp().plus(scenario.times().duration()).toNanos() * speed;
      try (TraceReader trace = TraceFile.open(source.get().file(), source.get().format())) {
        Optional<TraceRequest> request = trace.next();
        while (request.isPresent() && request.get().nanos() < end) {
          request = trace.next();
        }
      }
    }
  }

  private PhaseReport traffic(
      String name, Duration warmUp, LoadTarget target, MetricsScraper scraper) throws IOException {
    var times =
        new PhaseRun.Times(warmUp, scenario.times().duration(), scenario.times().patience(), false);
    var phase =
        new PhaseRun(
            name, times, scenario.callers(), scenario.checks().objective(), scraper, progress);
    try (SessionSource source = source(times.load())) {
      return phase.run(source, target);
    }
  }

  private SessionSource source(Duration length) throws IOException {
    CallerMix mix = mix(scenario.callers());
    return switch (scenario.traffic()) {
      case Traffic.Open(var arrivals) ->
          SessionSources.open(mix, arrivals, length, new SplittableRandom(scenario.seed()));
      case Traffic.Closed(int callers) -> SessionSources.closed(mix, callers);
      case Traffic.Replay replay -> SessionSources.replay(mix, trace(replay), replay, length);
    };
  }

  private TraceReader trace(Traffic.Replay replay) throws IOException {
    if (replay.source().isPresent()) {
      Traffic.Source source = replay.source().get();
      return TraceFile.open(source.file(), source.format());
    }
    return TokensTopicTrace.read(
        new KafkaClients(scenario.target().kafka()),
        new TopicNames(scenario.target().topicPrefix()));
  }

  private CallerMix mix(List<CallerProfile> callers) {
    return new CallerMix(callers, keys, "load-" + scenario.seed(), scenario.seed());
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
    return phase.run(SessionSources.atOnce(mix(callers), backlog.requests()), intake);
  }
}
