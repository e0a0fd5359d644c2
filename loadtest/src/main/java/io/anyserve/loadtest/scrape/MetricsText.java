package io.anyserve.loadtest.scrape;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * A page of metrics in Prometheus' text format, summed up by names: their labels do not count.
 *
 * @param values of each name
 */
record MetricsText(Map<String, Double> values) {

  MetricsText {
    values = Map.copyOf(values);
  }

  /** Lines that are no sample and values that are no number are left out. */
  static MetricsText parse(String page) {
    Map<String, Double> sums = new HashMap<>();
    page.lines()
        .filter(line -> !line.isBlank() && line.charAt(0) != '#')
        .forEach(line -> add(sums, line));
    return new MetricsText(sums);
  }

  private static void add(Map<String, Double> sums, String line) {
    int labels = line.indexOf('{');
    int end = labels < 0 ? line.indexOf(' ') : line.lastIndexOf('}') + 1;
    if (end < 1) {
      return;
    }
    String name = line.substring(0, labels < 0 ? end : labels);
    try {
      double value = Double.parseDouble(line.substring(end).strip().split(" ", 2)[0]);
      if (Double.isFinite(value)) {
        sums.merge(name, value, Double::sum);
      }
    } catch (NumberFormatException _) {
      // No sample.
    }
  }

  OptionalDouble find(String name) {
    Double value = values.get(name);
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  double orNaN(String name) {
    return find(name).orElse(Double.NaN);
  }
}
