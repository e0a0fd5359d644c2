package io.anyserve.loadtest.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.loadtest.Latency;
import io.anyserve.loadtest.report.PhaseReport;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class SaturationTableTest {

  @Test
  void theFullestPartIsNamedFirst() {
    SaturationTable table = new SaturationTable();
    table.add(
        new SaturationTable.Row(
            500,
            phase(0.2, 490),
            List.of(part("slots", 0.95), part("broker", 0.5), part("ingress", 1.4))));

    String text = table.text();

    assertTrue(text.contains("140 %  ingress, slots"), text);
    assertEquals(2, text.lines().count());
  }

  @Test
  void theModelMayDifferBySoMuch() {
    assertTrue(ModelComparison.of(phase(0.2, 500), phase(0.225, 440)).within());

    ModelComparison wrong = ModelComparison.of(phase(0.2, 500), phase(0.25, 500));

    assertEquals(0.25, wrong.rows().getFirst().difference(), 1e-9);
    assertTrue(wrong.text().contains("NOT within 15 %"), wrong.text());
    assertTrue(!wrong.within());
  }

  private static Utilisation part(String name, double share) {
    return new Utilisation(name, 1, share, share, 0);
  }

  private static PhaseReport phase(double firstToken, double rate) {
    double micros = firstToken * 1e6;
    Latency latency = new Latency(100, micros, micros, micros, micros, micros, micros, micros);
    return new PhaseReport(
        "load",
        10,
        new PhaseReport.Counts(100, 100, 0, 0, 0, 100, 1_000, 1_000),
        new PhaseReport.Rates(rate, rate, 10 * rate, rate),
        new PhaseReport.Latencies(latency, latency, latency, latency, Latency.NONE),
        new PhaseReport.Distributions(List.of(), List.of()),
        Map.of(),
        List.of(),
        List.of(),
        List.of());
  }
}
