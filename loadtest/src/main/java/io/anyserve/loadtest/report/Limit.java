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

  /** Where the phase violates it: the phase's name, the figure and the bound. */
  public List<String> violations(LoadReport report) {
    return report.phases().stream()
        .filter(phase -> violated(metric.of(phase)))
        .map(
            phase ->
                "%s: %s is %s (expected: %s %s)"
                    .formatted(
                        phase.name(),
                        metric.name(),
                        metric.text(metric.of(phase)),
                        above ? "at most" : "at least",
                        metric.text(bound)))
        .toList();
  }

  private boolean violated(double figure) {
    return above ? figure > bound : figure < bound;
  }
}
