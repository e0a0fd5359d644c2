package io.anyserve.chaos.rolling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.audit.Violation;
import io.anyserve.audit.ViolationType;
import io.anyserve.chaos.check.CheckResult;
import io.anyserve.chaos.client.TestRequest.Submission;
import io.anyserve.chaos.rolling.RollingReport.Distribution;
import io.anyserve.chaos.rolling.RollingReport.Row;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class RollingReportTest {

  private static final double LIMIT = 1_000;

  @Test
  void percentilesAreOfTheNearestRank() {
    Distribution hundred =
        Distribution.of(DoubleStream.iterate(1, i -> i + 1).limit(100).boxed().toList());

    assertEquals(new Distribution(100, 50, 99, 100), hundred);
    assertEquals(new Distribution(0, 0, 0, 0), Distribution.of(List.of()));
  }

  @Test
  void whatAClientNoticesIsNotClean() {
    assertTrue(report(1_000, false, Map.of(), List.of()).clean(LIMIT));
    assertFalse(report(1_001, false, Map.of(), List.of()).clean(LIMIT));
    assertFalse(report(10, true, Map.of(), List.of()).clean(LIMIT));
    assertFalse(report(10, false, Map.of("FAILED INTERNAL", 1L), List.of()).clean(LIMIT));
    Violation wrong = Violation.of(ViolationType.WRONG, 7, "text differs");
    assertFalse(report(10, false, Map.of(), List.of(wrong)).clean(LIMIT));
  }

  @Test
  void theTableNamesTheKilledProcessAndWhatIsWrong() {
    Violation wrong = Violation.of(ViolationType.WRONG, 7, "text differs");
    String table = RollingTable.of(report(10, true, Map.of("FAILED INTERNAL", 1L), List.of(wrong)));

    assertTrue(table.contains("12.5!"), table);
    assertTrue(table.contains("clients saw errors: {FAILED INTERNAL=1}"), table);
    assertTrue(table.contains("WRONG: request 7: text differs"), table);
  }

  @Test
  void halfOfTheStreamsAreOverHttpAndTheirLengthsDiffer() {
    RollingLoad load = new RollingLoad(10, 5, 100);

    assertEquals(
        50, IntStream.range(0, 100).filter(i -> load.at(i).way() == Submission.EVENTS).count());
    int[] lengths = IntStream.range(0, 100).map(i -> load.at(i).content().maxTokens()).toArray();
    assertTrue(IntStream.of(lengths).allMatch(tokens -> tokens >= 50 && tokens <= 150));
    assertTrue(IntStream.of(lengths).distinct().count() > 50);
    assertEquals(load.at(3).content(), load.at(3, 2).content());
    assertThrows(IllegalArgumentException.class, () -> new RollingLoad(10, 11, 100));
  }

  private static RollingReport report(
      double p99, boolean killed, Map<String, Long> errors, List<Violation> findings) {
    Row row =
        new Row(
            "worker-1",
            ServiceChange.Kind.RESTART,
            Optional.of(12.5),
            Optional.of(3.0),
            killed,
            new Distribution(10, 5, p99, p99),
            new Distribution(2, 5, 6, 6),
            0,
            0);
    return new RollingReport(
        List.of(row),
        60,
        0.5,
        2,
        10,
        errors,
        3,
        new CheckResult(findings, 10, 10, 0, 0, 0, 5, 5, 5));
  }
}
