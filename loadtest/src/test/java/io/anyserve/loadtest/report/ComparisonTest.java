package io.anyserve.loadtest.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.loadtest.report.Comparison.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ComparisonTest {

  @Test
  void whatDiffersByMoreThanItsSpreadIsBetterOrWorse() {
    LoadReport before = ReportSamples.run(1);

    Row slower = row(Comparison.of(before, ReportSamples.run(2)), "ttft.p50");
    Row faster = row(Comparison.of(ReportSamples.run(2), before), "ttft.p50");

    assertEquals(2, slower.ratio(), 0.01);
    assertEquals("worse", slower.note());
    assertEquals(0.5, faster.ratio(), 0.01);
    assertEquals("better", faster.note());
  }

  @Test
  void whatDiffersByLessIsWithinTheSpread() {
    Row row = row(Comparison.of(ReportSamples.run(1), ReportSamples.run(1.02)), "ttft.p50");

    assertEquals("within the spread", row.note());
    assertTrue(row.spread() > 0);
  }

  @Test
  void aRunEqualsItself() {
    Comparison same = Comparison.of(ReportSamples.run(1), ReportSamples.run(1));

    assertTrue(same.rows().stream().allMatch(row -> row.note().equals("equal")), same.text());
  }

  @Test
  void phasesThatOneLacksAreNamed() {
    Comparison comparison = Comparison.of(ReportSamples.run(1), ReportSamples.withBacklog());

    assertEquals(List.of(), comparison.rows());
    assertEquals(
        List.of("load", "interactive alone", "interactive beside backlog"), comparison.onlyInOne());
    assertTrue(comparison.text().contains("load: in one of the two only"), comparison.text());
  }

  @Test
  void anotherFileIsNoReport(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("other.json");
    Files.writeString(file, "{\"version\": 9}");
    assertTrue(problem(file).contains("version 9 (expected: 1)"), problem(file));
    Files.writeString(file, "no JSON");
    assertTrue(problem(file).contains("no report of a load run"), problem(file));
  }

  private static String problem(Path file) {
    return String.valueOf(
        assertThrows(IOException.class, () -> LoadReport.read(file)).getMessage());
  }

  private static Row row(Comparison comparison, String metric) {
    return comparison.rows().stream()
        .filter(row -> row.metric().name().equals(metric))
        .findFirst()
        .orElseThrow();
  }
}
