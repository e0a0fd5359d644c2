package io.anyserve.loadtest.report;

import java.util.List;

/**
 * What makes a run a failure, such as {@code ttft.p99>250ms}.
 *
 * @param above whether figures above the bound are a failure, else those below
 * @param bound in the unit of the metric
 */
public record Limit(Metric metric, boolean above, double bound) {

  /** Throws IllegalArgumentException. */
  public static Limit parse(String text) {
    int sign = Math.max(text.indexOf('>'), text.indexOf('<'));
    if (sign < 1) {
      throw new IllegalArgumentException(
          "\"" + text + "\" (expected: METRIC>VALUE or METRIC<VALUE, such as ttft.p99>250ms)");
    }
    Metric metric = Metric.of(text.substring(0, sign).strip());
    return new Limit(
        metric, text.charAt(sign) == '>', metric.parse(text.substring(sign + 1).strip()));
  }

  /**
   * Where the report violates it: the phase's name, the figure and the bound. Times of a phase that
   * has none, such as those of a backlog to the first token, are no violation unless nothing
   * finished in it, or no phase has them.
   */
  public List<String> violations(LoadReport report) {
    boolean somewhere = report.phases().stream().anyMatch(phase -> !Double.isNaN(metric.of(phase)));
    return report.phases().stream()
        .filter(phase -> violated(phase, somewhere))
        .map(
            phase ->
                "%s: %s is %s (expected: %s %s)"
                    .formatted(
                        phase.name(),
                        metric.name(),
                        Double.isNaN(metric.of(phase))
                            ? "not measured"
                            : metric.text(metric.of(phase)),
                        above ? "at most" : "at least",
                        metric.text(bound)))
        .toList();
  }

  private boolean violated(PhaseReport phase, boolean somewhere) {
    double figure = metric.of(phase);
    if (Double.isNaN(figure)) {
      return !somewhere || phase.counts().finished() == 0;
    }
    return above ? figure > bound : figure < bound;
  }
}
