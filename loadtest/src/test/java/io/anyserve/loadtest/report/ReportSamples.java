package io.anyserve.loadtest.report;

import io.anyserve.loadtest.Latency;
import io.anyserve.loadtest.LatencyRecorder;
import io.anyserve.loadtest.report.LoadReport.IdleUse;
import io.anyserve.loadtest.report.PhaseReport.CallerReport;
import io.anyserve.loadtest.report.PhaseReport.Counts;
import io.anyserve.loadtest.report.PhaseReport.Distributions;
import io.anyserve.loadtest.report.PhaseReport.Latencies;
import io.anyserve.loadtest.report.PhaseReport.Rates;
import io.anyserve.loadtest.report.PhaseReport.Window;
import io.anyserve.loadtest.report.ProcessReport.ProcessSample;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Reports of runs that never were. */
final class ReportSamples {

  static final String ODD_NAME = "<script>&\"x\"";

  private ReportSamples() {}

  /**
   * A run of one phase.
   *
   * @param factor of all times
   */
  static LoadReport run(double factor) {
    return report(List.of(phase("load", factor, 1)), null);
  }

  /** A run with a backlog, an error, and names that are no HTML. */
  static LoadReport withBacklog() {
    return report(
        List.of(phase("interactive alone", 1, 1), phase("interactive beside backlog", 3, 0)),
        new IdleUse(41_000, 67_800, 1_000, 200, 520, false));
  }

  static LoadReport report(List<PhaseReport> phases, @Nullable IdleUse idle) {
    return new LoadReport(
        LoadReport.VERSION,
        Instant.parse("2026-11-30T12:00:00Z"),
        ODD_NAME,
        "What a & b < c do.",
        "2 processors, Java 25",
        "Poisson arrivals at 20/s",
        7,
        "ttft.p99=200ms",
        phases,
        idle);
  }

  /**
   * One phase.
   *
   * @param lag p99 of the generator, milliseconds
   */
  static PhaseReport phase(String name, double factor, double lag) {
    LatencyRecorder times = new LatencyRecorder();
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 5_000; i++) {
      times.record((long) (factor * 1e6 * Math.exp(random.nextGaussian())));
    }
    Latency latency = times.latency();
    Latencies latencies = new Latencies(latency, latency, latency, latency, all(lag * 1e3));
    Counts counts = new Counts(1_234, 1_210, 3, 17, 4, 1_199, 9_876, 9_901);
    return new PhaseReport(
        name,
        60,
        counts,
        new Rates(20.5, 20.1, 165.4, 19.9),
        latencies,
        new Distributions(times.buckets(), times.buckets()),
        Map.of(
            "OVERLOADED",
            new PhaseReport.Errors(2, "128 requests are queued (expected: fewer)"),
            ODD_NAME,
            new PhaseReport.Errors(1, ODD_NAME)),
        List.of(
            new CallerReport("readers", counts, latencies),
            new CallerReport(ODD_NAME, counts, latencies)),
        windows(factor),
        List.of(new ProcessReport("http://127.0.0.1:7401/metrics", samples())));
  }

  static Latency all(double micros) {
    return new Latency(9, micros, micros, micros, micros, micros, micros, micros);
  }

  private static List<Window> windows(double factor) {
    return IntStream.rangeClosed(1, 60)
        .mapToObj(
            second -> {
              Latency latency = all(factor * (1_000 + 10 * (second % 10)));
              return new Window(second, 1, 20, 20, 0, 160, 3, latency, latency);
            })
        .toList();
  }

  private static List<ProcessSample> samples() {
    return IntStream.rangeClosed(1, 60)
        .mapToObj(
            second ->
                new ProcessSample(
                    second, second < 3 ? Double.NaN : 0.5, 400 + second, Double.NaN, 2))
        .toList();
  }
}
