package io.anyserve.loadtest.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Two runs, figure by figure.
 *
 * @param onlyInOne names of phases that one of them lacks
 */
public record Comparison(List<Row> rows, List<String> onlyInOne) {

  private static final int FEWEST_WINDOWS = 4;

  public Comparison {
    rows = List.copyOf(rows);
    onlyInOne = List.copyOf(onlyInOne);
  }

  /**
   * One figure.
   *
   * @param spread of both runs: half of the range that the middle half of their windows had; NaN
   *     where the windows do not tell
   */
  public record Row(String phase, Metric metric, double before, double after, double spread) {

    /** After by before; NaN where there is nothing to divide by. */
    public double ratio() {
      return before == 0 ? Double.NaN : after / before;
    }

    /** Whether they differ by more than their spread, which is unknown where this is false. */
    public boolean differs() {
      return Math.abs(after - before) > spread;
    }

    /** What the row says of the two runs. */
    public String note() {
      if (Double.isNaN(before) || Double.isNaN(after)) {
        return "not measured";
      }
      if (before == after) {
        return "equal";
      }
      if (Double.isNaN(spread)) {
        return "spread unknown";
      }
      if (!differs()) {
        return "within the spread";
      }
      return (after < before) == metric.lessIsBetter() ? "better" : "worse";
    }
  }

  private record Spread(String metric, ToDoubleFunction<PhaseReport.Window> value) {}

  private static final List<Spread> SPREADS =
      List.of(
          new Spread("ttft.p50", window -> window.firstToken().p50()),
          new Spread("ttft.p99", window -> window.firstToken().p99()),
          new Spread("gap.p50", window -> window.gap().p50()),
          new Spread("gap.p99", window -> window.gap().p99()),
          new Spread("requests", window -> window.finished() / window.length()),
          new Spread("tokens", window -> window.tokens() / window.length()));

  private static final List<String> OTHERS =
      List.of("tpot.p50", "duration.p50", "duration.p99", "goodput", "errors", "lost");

  public static Comparison of(LoadReport before, LoadReport after) {
    List<Row> rows = new ArrayList<>();
    List<String> onlyInOne = new ArrayList<>();
    for (PhaseReport phase : before.phases()) {
      after
          .phase(phase.name())
          .ifPresentOrElse(same -> compare(phase, same, rows), () -> onlyInOne.add(phase.name()));
    }
    after.phases().stream()
        .map(PhaseReport::name)
        .filter(name -> before.phase(name).isEmpty())
        .forEach(onlyInOne::add);
    return new Comparison(rows, onlyInOne);
  }

  private static void compare(PhaseReport before, PhaseReport after, List<Row> rows) {
    for (Spread spread : SPREADS) {
      double both = spread(before, spread.value()) + spread(after, spread.value());
      rows.add(row(before, after, spread.metric(), both));
    }
    OTHERS.forEach(metric -> rows.add(row(before, after, metric, Double.NaN)));
  }

  private static Row row(PhaseReport before, PhaseReport after, String name, double spread) {
    Metric metric = Metric.of(name);
    return new Row(before.name(), metric, metric.of(before), metric.of(after), spread);
  }

  /** Half of the distance between the quartiles. */
  private static double spread(PhaseReport phase, ToDoubleFunction<PhaseReport.Window> value) {
    double[] values =
        phase.windows().stream()
            .filter(window -> window.finished() > 0)
            .mapToDouble(value)
            .sorted()
            .toArray();
    if (values.length < FEWEST_WINDOWS) {
      return Double.NaN;
    }
    return (values[values.length * 3 / 4] - values[values.length / 4]) / 2;
  }

  /** A table for a terminal. */
  public String text() {
    StringBuilder text = new StringBuilder();
    line(text, "phase", "figure", "before", "after", "ratio", "note");
    for (Row row : rows) {
      line(
          text,
          row.phase(),
          row.metric().name(),
          row.metric().text(row.before()),
          row.metric().text(row.after()),
          Double.isNaN(row.ratio()) ? "-" : String.format(Locale.ROOT, "%.2f", row.ratio()),
          row.note());
    }
    onlyInOne.forEach(name -> text.append(name).append(": in one of the two only\n"));
    return text.toString();
  }

  private static void line(StringBuilder text, Object... cells) {
    text.append(String.format(Locale.ROOT, "%-18s %-13s %12s %12s %7s  %s%n", cells));
  }
}
