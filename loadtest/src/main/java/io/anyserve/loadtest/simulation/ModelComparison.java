package io.anyserve.loadtest.simulation;

import io.anyserve.loadtest.report.Metric;
import io.anyserve.loadtest.report.PhaseReport;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** What the model said of a scenario, beside what a real service did with it. */
public record ModelComparison(List<Row> rows) {

  /** The two may differ by that share. */
  public static final double TOLERANCE = 0.15;

  private static final List<String> CHECKED = List.of("ttft.p50", "ttft.p90", "requests", "tokens");
  private static final List<String> SHOWN =
      List.of("ttft.p99", "gap.p50", "duration.p50", "duration.p90");

  public ModelComparison {
    rows = List.copyOf(rows);
  }

  /**
   * One figure.
   *
   * @param checked whether it must be within the tolerance
   */
  public record Row(Metric metric, double real, double simulated, boolean checked) {

    /** Simulated by real, less one. */
    public double difference() {
      return simulated / real - 1;
    }

    /** Whether the model is right, as far as it must be. */
    public boolean within() {
      return !checked || Math.abs(difference()) <= TOLERANCE;
    }
  }

  public static ModelComparison of(PhaseReport real, PhaseReport simulated) {
    return new ModelComparison(
        Stream.concat(
                CHECKED.stream().map(name -> row(name, real, simulated, true)),
                SHOWN.stream().map(name -> row(name, real, simulated, false)))
            .toList());
  }

  private static Row row(String name, PhaseReport real, PhaseReport simulated, boolean checked) {
    Metric metric = Metric.of(name);
    return new Row(metric, metric.of(real), metric.of(simulated), checked);
  }

  /** Whether all figures that must be are within the tolerance. */
  public boolean within() {
    return rows.stream().allMatch(Row::within);
  }

  /** A table for a terminal. */
  public String text() {
    StringBuilder text = new StringBuilder();
    line(text, "figure", "real", "simulated", "difference", "");
    for (Row row : rows) {
      line(
          text,
          row.metric().name(),
          row.metric().text(row.real()),
          row.metric().text(row.simulated()),
          String.format(Locale.ROOT, "%+.1f %%", 100 * row.difference()),
          !row.checked() ? "" : row.within() ? "within 15 %" : "NOT within 15 %");
    }
    return text.toString();
  }

  private static void line(StringBuilder text, Object... cells) {
    text.append(String.format(Locale.ROOT, "%-13s %12s %12s %11s  %s", cells).stripTrailing())
        .append('\n');
  }
}
