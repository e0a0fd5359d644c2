package io.anyserve.loadtest.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.loadtest.Latency;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The sample has 1,234 requests, of which 3 failed and 4 are lost: 0.567 %. */
final class LimitTest {

  private static final LoadReport REPORT = ReportSamples.run(1);

  @ParameterizedTest
  @CsvSource({
    "errors>0.5%, true",
    "errors>0.6%, false",
    "errors>0.6, false",
    "lost>0, true",
    "lost>4, false",
    "requests<20.2, true",
    "requests<20/s, false",
    "tokens > 100, true",
    "goodput<19.9, false",
    "ttft.p50>0.9ms, true",
    "ttft.p50>1.1ms, false",
    "ttft.p50>900us, true",
    "ttft.p50>0.0011s, false",
    "lag.p99>1ms, false",
    "lag.max>999us, true"
  })
  void aLimitIsViolatedBeyondItsBound(String limit, boolean violated) {
    List<String> violations = Limit.parse(limit).violations(REPORT);

    assertEquals(violated, !violations.isEmpty(), violations.toString());
  }

  @Test
  void aViolationNamesPhaseFigureAndBound() {
    assertEquals(
        List.of("load: lost is 4 (expected: at most 1)"), Limit.parse("lost>1").violations(REPORT));
    assertEquals(
        List.of("load: requests is 20.1/s (expected: at least 30/s)"),
        Limit.parse("requests<30").violations(REPORT));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ttft.p99",
        ">5ms",
        "ttft.p98>5ms",
        "ttft>5ms",
        "ttft.p99>5",
        "ttft.p99>fast",
        "errors>0.1ms",
        "latency.p99>5ms",
        "errors>NaN",
        "lost>-1",
        "requests<Infinity"
      })
  void whatIsNoLimitIsRefused(String text) {
    var problem = assertThrows(IllegalArgumentException.class, () -> Limit.parse(text));

    assertTrue(String.valueOf(problem.getMessage()).contains("expected: "), problem.toString());
  }

  @Test
  void timesThatNobodyMeasuredKeepNoLimit() {
    PhaseReport failed = withoutTimes(ReportSamples.phase("load", 1, 1), 0);
    PhaseReport backlog = withoutTimes(ReportSamples.phase("backlog", 1, 1), 9);
    Limit limit = Limit.parse("ttft.p99>1s");

    assertEquals(
        List.of("load: ttft.p99 is not measured (expected: at most 1 s)"),
        limit.violations(ReportSamples.report(List.of(failed), null)));
    assertEquals(1, limit.violations(ReportSamples.report(List.of(backlog), null)).size());
    assertEquals(
        List.of(),
        limit.violations(
            ReportSamples.report(List.of(ReportSamples.phase("load", 1, 1), backlog), null)));
  }

  private static PhaseReport withoutTimes(PhaseReport phase, long finished) {
    return new PhaseReport(
        phase.name(),
        phase.seconds(),
        new PhaseReport.Counts(9, finished, 9 - finished, 0, 0, 0, 0, 0),
        phase.rates(),
        new PhaseReport.Latencies(
            Latency.NONE, Latency.NONE, Latency.NONE, Latency.NONE, Latency.NONE),
        phase.distributions(),
        phase.errors(),
        phase.callers(),
        phase.windows(),
        phase.processes());
  }

  @Test
  void anObjectiveBoundsTimesAboveAndRatesBelow() {
    assertEquals(List.of(), Objective.parse("ttft.p50=2ms, requests=20, lost=4").misses(REPORT));
    assertEquals(
        List.of(
            "load: requests is 20.1/s (expected: at least 25/s)",
            "load: lost is 4 (expected: at most 0)"),
        Objective.parse("requests=25,lost=0").misses(REPORT));
    assertThrows(IllegalArgumentException.class, () -> Objective.parse("ttft.p99"));
    assertThrows(IllegalArgumentException.class, () -> Objective.parse(""));
  }

  @Test
  void theTimesOfAnObjectiveSayWhichRequestsAreGood() {
    Objective objective = Objective.parse("ttft.p99=200ms,tpot.mean=50ms,errors=0.1%");

    assertTrue(objective.good(200_000, 50_000, 9e9));
    assertTrue(!objective.good(200_001, 50_000, 1));
    assertTrue(!objective.good(1, 50_001, 1));
  }
}
