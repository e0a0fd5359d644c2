package io.anyserve.loadtest.run;

import io.anyserve.loadtest.report.LoadReport;
import io.anyserve.loadtest.report.Objective;
import io.anyserve.loadtest.report.PhaseReport;
import io.anyserve.loadtest.run.PhaseRecorder.Stretch;
import io.anyserve.loadtest.scenario.Scenario;
import io.anyserve.loadtest.targets.LoadTarget;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Sends a scenario to a model of the service, in virtual time: the same callers at the same times
 * as {@link ScenarioRun}, and the same report. One thread does everything, so that the same seed
 * gives the same figures.
 *
 * @param model in words, as the report names the machine
 */
public record VirtualRun(Scenario scenario, VirtualTime time, String model) {

  private static final String NAME = "simulated";
  private static final double NANOS_PER_SECOND = 1e9;

  public VirtualRun {
    if (scenario.backlog().isPresent()) {
      throw new IllegalArgumentException(
          scenario.name() + ": a backlog (expected: none, the model has no batch lane)");
    }
  }

  /**
   * Throws IOException where a line of the trace is no request.
   *
   * @param at when the run began, for the report
   */
  public LoadReport run(LoadTarget target, ServiceSampler sampler, Instant at) throws IOException {
    return new LoadReport(
        LoadReport.VERSION,
        at,
        scenario.name(),
        scenario.description(),
        model,
        ScenarioText.of(scenario),
        scenario.seed(),
        scenario.checks().objective().map(Objective::text).orElse(""),
        List.of(phase(target, sampler)),
        null);
  }

  private PhaseReport phase(LoadTarget target, ServiceSampler sampler) throws IOException {
    long start = time.nanos();
    var times =
        new PhaseRun.Times(
            scenario.times().warmUp(),
            scenario.times().duration(),
            scenario.times().patience(),
            false);
    long from = start + times.warmUp().toNanos();
    long to = from + times.duration().toNanos();
    PhaseRecorder recorder =
        new PhaseRecorder(
            NAME,
            time::nanos,
            new Stretch(from, to, times.untilIdle()),
            scenario.checks().objective(),
            scenario.callers());
    time.at(from, () -> sampler.sample(0));
    for (long end = from + times.window(); end < to + times.window(); end += times.window()) {
      long now = Math.min(end, to);
      time.at(now, () -> window(recorder, sampler, now, from));
    }
    var span = new LoadRun.Span(start, to, to + times.patience().toNanos());
    var callers = new ScenarioCallers(scenario, Map.of());
    try (SessionSource source = callers.source(times.load())) {
      new LoadRun(source, target, recorder, time, span).run();
    }
    while (time.nanos() < to) {
      time.waitUntil(to);
    }
    return recorder.report(sampler.reports());
  }

  private static void window(PhaseRecorder recorder, ServiceSampler sampler, long now, long from) {
    Optional<PhaseReport.Window> _ = recorder.window(now);
    sampler.sample((now - from) / NANOS_PER_SECOND);
  }
}
