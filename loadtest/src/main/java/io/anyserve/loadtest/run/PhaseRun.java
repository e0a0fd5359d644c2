package io.anyserve.loadtest.run;

import io.anyserve.loadtest.report.Objective;
import io.anyserve.loadtest.report.PhaseReport;
import io.anyserve.loadtest.run.PhaseRecorder.Stretch;
import io.anyserve.loadtest.scenario.CallerProfile;
import io.anyserve.loadtest.scrape.MetricsScraper;
import io.anyserve.loadtest.targets.LoadTarget;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One stretch of load by the clock of the machine: the thread that runs it sends, another one makes
 * windows.
 *
 * @param times of it
 * @param profiles of its callers
 * @param scraper of the processes; one without processes where another stretch scrapes them
 */
record PhaseRun(
    String name,
    Times times,
    List<CallerProfile> profiles,
    Optional<Objective> objective,
    MetricsScraper scraper,
    Consumer<LoadProgress> progress) {

  private static final long MOST_WINDOWS = 300;
  private static final long SHORTEST_WINDOW = TimeUnit.SECONDS.toNanos(1);
  private static final double NANOS_PER_SECOND = 1e9;

  /** Windows end a little late, so that the last one is whole. */
  private static final long LATE = TimeUnit.MILLISECONDS.toNanos(5);

  /**
   * How long it takes.
   *
   * @param untilIdle its rates end with its last request, where that is earlier
   */
  record Times(Duration warmUp, Duration duration, Duration patience, boolean untilIdle) {

    Duration load() {
      return warmUp.plus(duration);
    }

    long window() {
      return Math.max(SHORTEST_WINDOW, duration.toNanos() / MOST_WINDOWS);
    }
  }

  /** Sends everything that the source has, and waits for the answers. */
  PhaseReport run(SessionSource source, LoadTarget target) throws IOException {
    LoadClock clock = new SystemLoadClock();
    long start = clock.nanos();
    long from = start + times.warmUp().toNanos();
    long to = from + times.duration().toNanos();
    PhaseRecorder recorder =
        new PhaseRecorder(
            name, clock::nanos, new Stretch(from, to, times.untilIdle()), objective, profiles);
    var span = new LoadRun.Span(start, to, to + times.patience().toNanos());
    try (ScheduledExecutorService windows = Executors.newSingleThreadScheduledExecutor()) {
      long window = times.window();
      var _ =
          windows.scheduleAtFixedRate(
              () -> window(recorder, start, clock.nanos()),
              times.warmUp().toNanos() % window + window + LATE,
              window,
              TimeUnit.NANOSECONDS);
      new LoadRun(source, target, recorder, clock, span).run();
      windows.shutdownNow();
    }
    var _ = recorder.window(clock.nanos());
    return recorder.report(scraper.drain());
  }

  private void window(PhaseRecorder recorder, long start, long now) {
    Optional<PhaseReport.Window> latest = recorder.window(now);
    double second = (now - start - times.warmUp().toNanos()) / NANOS_PER_SECOND;
    if (second <= times.duration().toNanos() / NANOS_PER_SECOND + 1) {
      scraper.scrape(second);
    }
    progress.accept(
        new LoadProgress(
            name,
            (now - start) / NANOS_PER_SECOND,
            times.load().toNanos() / NANOS_PER_SECOND,
            recorder.inFlight(),
            latest));
  }
}
