package io.anyserve.loadtest.run;

import io.anyserve.loadtest.report.Objective;
import io.anyserve.loadtest.report.PhaseReport;
import io.anyserve.loadtest.report.PhaseReport.CallerReport;
import io.anyserve.loadtest.report.PhaseReport.Distributions;
import io.anyserve.loadtest.report.PhaseReport.Errors;
import io.anyserve.loadtest.report.PhaseReport.Rates;
import io.anyserve.loadtest.report.PhaseReport.Window;
import io.anyserve.loadtest.report.ProcessReport;
import io.anyserve.loadtest.scenario.CallerProfile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * What happens in one stretch of load. Requests that were due within it are counted and timed,
 * whenever they end; rates count what ended within it, whenever it was due, so that neither a
 * warm-up nor the last answers distort them. Thread-safe; one thread makes windows.
 */
final class PhaseRecorder {

  private static final double NANOS_PER_SECOND = 1e9;
  private static final double SHORTEST = 1e-3;
  private static final double SHORTEST_WINDOW = 0.5;

  /**
   * The stretch, in nanoseconds of the clock of the run.
   *
   * @param to exclusive
   * @param untilIdle everything is due at once, and rates end with the last request, where that is
   *     earlier
   */
  record Stretch(long from, long to, boolean untilIdle) {

    boolean contains(long at) {
      return at >= from && at < to;
    }
  }

  /** What ended within the stretch. */
  private static final class Throughput {

    private final LongAdder requests = new LongAdder();
    private final LongAdder good = new LongAdder();
    private final LongAdder tokens = new LongAdder();
    private final LongAdder sent = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAccumulator lastEnd = new LongAccumulator(Math::max, Long.MIN_VALUE);
  }

  private record Sums(long sent, long finished, long failed, long tokens) {}

  private final String name;
  private final LongSupplier nanos;
  private final Stretch stretch;
  private final Optional<Objective> objective;
  private final CallStats all = CallStats.windowed();
  private final Map<CallerProfile, CallStats> callers = new LinkedHashMap<>();
  private final Map<String, Errors> errors = new ConcurrentHashMap<>();
  private final Throughput within = new Throughput();
  private final AtomicLong inFlight = new AtomicLong();
  private final List<Window> windows = new ArrayList<>();
  private Sums before = new Sums(0, 0, 0, 0);
  private double windowBegin;

  /**
   * @param nanos the clock of the run
   */
  PhaseRecorder(
      String name,
      LongSupplier nanos,
      Stretch stretch,
      Optional<Objective> objective,
      List<CallerProfile> profiles) {
    this.name = name;
    this.nanos = nanos;
    this.stretch = stretch;
    this.objective = objective;
    profiles.forEach(profile -> callers.put(profile, CallStats.plain()));
  }

  long now() {
    return nanos.getAsLong();
  }

  /** A request of the session goes out, which was due then. */
  CallProbe sent(CallerSession session, long due, CallProbe.End end) {
    long now = now();
    inFlight.incrementAndGet();
    boolean measured = stretch.contains(due);
    if (stretch.contains(now)) {
      within.sent.increment();
    }
    List<CallStats> stats = measured ? List.of(all, of(session.profile())) : List.of();
    for (CallStats each : stats) {
      each.sent.increment();
      if (!stretch.untilIdle()) {
        each.lag.record(now - due);
      }
    }
    return new CallProbe(this, stats, due, session, end);
  }

  private CallStats of(CallerProfile profile) {
    CallStats stats = callers.get(profile);
    if (stats == null) {
      throw new IllegalArgumentException(
          "caller: " + profile.name() + " (expected: one of the scenario)");
    }
    return stats;
  }

  void tokens(long now, int count) {
    if (stretch.contains(now)) {
      within.tokens.add(count);
    }
  }

  /** Whether a finished request of these times, in microseconds, is good. */
  boolean good(double firstToken, double perToken, double duration) {
    return objective.map(limits -> limits.good(firstToken, perToken, duration)).orElse(true);
  }

  void finished(long now, boolean good) {
    ended(now);
    if (stretch.contains(now)) {
      within.requests.increment();
      within.good.add(good ? 1 : 0);
    }
  }

  void failed(long now, Throwable cause, boolean measured) {
    ended(now);
    if (stretch.contains(now)) {
      within.failed.increment();
    }
    if (measured) {
      errors.merge(
          ErrorCode.of(cause),
          new Errors(1, Objects.requireNonNullElse(cause.getMessage(), cause.toString())),
          (before, _) -> new Errors(before.requests() + 1, before.first()));
    }
  }

  void left(long now) {
    ended(now);
  }

  private void ended(long now) {
    inFlight.decrementAndGet();
    within.lastEnd.accumulate(now);
  }

  /** Requests that are open, whether or not they are measured. */
  long inFlight() {
    return inFlight.get();
  }

  /** Ends a window and begins the next one; outside of the stretch nothing is kept. */
  Optional<Window> window(long now) {
    double second = (Math.min(now, stretch.to()) - stretch.from()) / NANOS_PER_SECOND;
    if (now < stretch.from() || second < windowBegin + SHORTEST_WINDOW) {
      return Optional.empty();
    }
    Sums sums =
        new Sums(
            within.sent.sum(), within.requests.sum(), within.failed.sum(), within.tokens.sum());
    Window window =
        new Window(
            second,
            second - windowBegin,
            sums.sent() - before.sent(),
            sums.finished() - before.finished(),
            sums.failed() - before.failed(),
            sums.tokens() - before.tokens(),
            inFlight.get(),
            all.firstToken.window(),
            all.gap.window());
    before = sums;
    windowBegin = second;
    windows.add(window);
    return Optional.of(window);
  }

  private double seconds() {
    long idle = Math.clamp(within.lastEnd.get(), stretch.from(), stretch.to());
    return ((stretch.untilIdle() ? idle : stretch.to()) - stretch.from()) / NANOS_PER_SECOND;
  }

  /** When nothing is sent any more. */
  PhaseReport report(List<ProcessReport> processes) {
    double seconds = Math.max(seconds(), SHORTEST);
    return new PhaseReport(
        name,
        seconds,
        all.counts(),
        new Rates(
            within.sent.sum() / seconds,
            within.requests.sum() / seconds,
            within.tokens.sum() / seconds,
            within.good.sum() / seconds),
        all.latencies(),
        new Distributions(all.firstToken.buckets(), all.gap.buckets()),
        errors,
        callers.entrySet().stream()
            .map(
                caller ->
                    new CallerReport(
                        caller.getKey().name(),
                        caller.getValue().counts(),
                        caller.getValue().latencies()))
            .toList(),
        windows,
        processes);
  }
}
