package io.anyserve.loadtest.simulation;

import io.anyserve.loadtest.report.PhaseReport;
import io.anyserve.loadtest.report.Texts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Which part of the model is full at which rate: a row for each run. */
public final class SaturationTable {

  /** From that share of its time on a part is called full. */
  private static final double FULL = 0.9;

  private static final String CELLS = "%9s %9s %10s %9s %9s %7s";
  private static final String CELL = " %11s";

  private final List<Row> rows = new ArrayList<>();

  /**
   * One run.
   *
   * @param rate requests a second that were sent
   * @param parts of which the first are the slots of the workers
   */
  public record Row(double rate, PhaseReport phase, List<Utilisation> parts) {

    public Row {
      parts = List.copyOf(parts);
    }

    /** The parts that are full, the fullest first. */
    public List<String> full() {
      return parts.stream()
          .filter(part -> part.busiest() >= FULL)
          .sorted(Comparator.comparingDouble(Utilisation::busiest).reversed())
          .map(Utilisation::part)
          .toList();
    }
  }

  public void add(Row row) {
    rows.add(row);
  }

  /** For a terminal. */
  public String text() {
    StringBuilder text = new StringBuilder();
    if (rows.isEmpty()) {
      return "";
    }
    text.append(
        String.format(
            Locale.ROOT, CELLS, "sent/s", "done/s", "tokens/s", "ttft p50", "ttft p90", "errors"));
    rows.getFirst()
        .parts()
        .forEach(part -> text.append(String.format(Locale.ROOT, CELL, part.part())));
    text.append("  full\n");
    rows.forEach(row -> text.append(line(row)).append('\n'));
    return text.toString();
  }

  private static String line(Row row) {
    PhaseReport phase = row.phase();
    String figures =
        String.format(
            Locale.ROOT,
            CELLS,
            Texts.number(row.rate()),
            Texts.number(Math.rint(phase.rates().requests() * 10) / 10),
            Texts.number(Math.rint(phase.rates().tokens())),
            Texts.micros(phase.latencies().firstToken().p50()),
            Texts.micros(phase.latencies().firstToken().p90()),
            Texts.number(Math.rint(phase.counts().errorPercent())) + " %");
    String shares =
        row.parts().stream()
            .map(
                part ->
                    String.format(
                        Locale.ROOT,
                        CELL,
                        String.format(Locale.ROOT, "%.0f %%", 100 * part.busiest())))
            .collect(Collectors.joining());
    return figures + shares + "  " + String.join(", ", row.full());
  }
}
