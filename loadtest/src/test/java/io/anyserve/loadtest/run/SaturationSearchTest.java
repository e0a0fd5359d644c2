package io.anyserve.loadtest.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.loadtest.Latency;
import io.anyserve.loadtest.arrivals.Arrivals;
import io.anyserve.loadtest.arrivals.RateCurve;
import io.anyserve.loadtest.report.LoadReport;
import io.anyserve.loadtest.report.Objective;
import io.anyserve.loadtest.report.PhaseReport;
import io.anyserve.loadtest.run.PhaseRecorder.Stretch;
import io.anyserve.loadtest.run.SaturationSearch.Found;
import io.anyserve.loadtest.scenario.CallerProfile;
import io.anyserve.loadtest.scenario.LengthDistribution;
import io.anyserve.loadtest.scenario.Scenario;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class SaturationSearchTest {

  private static final double CAPACITY = 40;
  private static final Objective OBJECTIVE = Objective.parse("ttft.p99=200ms,errors=0.1%");
  private static final Duration LENGTH = Duration.ofSeconds(30);

  /** Even arrivals below the capacity never wait; above it the queue grows without end. */
  @Test
  void findsTheCapacityOfAService() throws Exception {
    Found found = search(1, 1_000, 0.02).search(SaturationSearchTest::load);

    double rate = found.best().orElseThrow().rate();
    assertTrue(rate <= CAPACITY * 1.03 && rate > CAPACITY * 0.95, "rate: " + rate);
    assertTrue(found.steps().size() < 20, found.steps().size() + " steps");
    assertTrue(found.best().orElseThrow().misses().isEmpty());
  }

  @Test
  void stopsAtTheHighestRateThatIsAllowed() throws Exception {
    Found found = search(1, 16, 0.1).search(SaturationSearchTest::load);

    assertEquals(16, found.best().orElseThrow().rate());
    assertEquals(5, found.steps().size());
  }

  @Test
  void aServiceThatMissesTheObjectiveAtOnceHasNoRate() throws Exception {
    Found found = search(100, 1_000, 0.1).search(SaturationSearchTest::load);

    assertTrue(found.best().isEmpty());
    assertEquals(1, found.steps().size());
    assertTrue(
        found.steps().getFirst().misses().getFirst().contains("ttft.p99 is "),
        found.steps().getFirst().misses().toString());
  }

  @Test
  void aLateGeneratorKeepsNothing() throws Exception {
    Found found =
        search(1, 100, 0.1)
            .search(
                rate -> {
                  LoadReport report = load(rate);
                  return rate < 10 ? report : late(report);
                });

    assertTrue(found.best().orElseThrow().rate() < 10);
  }

  @Test
  void refusesRatesThatDoNotAscend() {
    assertThrows(IllegalArgumentException.class, () -> search(0, 10, 0.1));
    assertThrows(IllegalArgumentException.class, () -> search(10, 1, 0.1));
    assertThrows(IllegalArgumentException.class, () -> search(1, 10, 0));
  }

  private static SaturationSearch search(double first, double most, double precision) {
    return new SaturationSearch(OBJECTIVE, first, most, precision, _ -> {});
  }

  private static LoadReport load(double rate) throws IOException {
    FakeLoadClock clock = new FakeLoadClock();
    var service = new SimulatedService(clock, (long) (1e9 / CAPACITY));
    var one = new LengthDistribution.Fixed(1);
    CallerProfile caller =
        CallerProfile.ofBacklog(
            new Scenario.Backlog(1, "story", one, new LengthDistribution.Fixed(4)));
    var recorder =
        new PhaseRecorder(
            "load",
            clock::nanos,
            new Stretch(0, LENGTH.toNanos(), false),
            Optional.of(OBJECTIVE),
            List.of(caller));
    SessionSource source =
        SessionSources.open(
            new CallerMix(List.of(caller), Map.of(), "test", 1),
            new Arrivals(new RateCurve.Steady(rate), false),
            LENGTH,
            new SplittableRandom(1));
    var span = new LoadRun.Span(0, LENGTH.toNanos(), 1_000 * LENGTH.toNanos());
    new LoadRun(source, service, recorder, clock, span).run();
    return report(recorder.report(List.of()));
  }

  private static LoadReport report(PhaseReport phase) {
    return new LoadReport(
        LoadReport.VERSION, Instant.EPOCH, "s", "", "", "", 1, "", List.of(phase), null);
  }

  private static LoadReport late(LoadReport report) {
    PhaseReport phase = report.phases().getFirst();
    PhaseReport.Latencies times = phase.latencies();
    Latency lag = new Latency(9, 9_000, 9_000, 9_000, 9_000, 9_000, 9_000, 9_000);
    return report(
        new PhaseReport(
            phase.name(),
            phase.seconds(),
            phase.counts(),
            phase.rates(),
            new PhaseReport.Latencies(
                times.firstToken(), times.gap(), times.perToken(), times.duration(), lag),
            phase.distributions(),
            phase.errors(),
            phase.callers(),
            phase.windows(),
            phase.processes()));
  }
}
