package io.anyserve.loadtest.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What a service promises, such as {@code ttft.p99=200ms,errors=0.1%}: each figure at most that, a
 * rate at least that. Its times also say which single requests are good.
 */
public record Objective(String text, List<Limit> limits) {

  public Objective {
    limits = List.copyOf(limits);
  }

  /** Throws IllegalArgumentException. */
  public static Objective parse(String text) {
    List<Limit> limits = new ArrayList<>();
    for (String part : Arrays.asList(text.split(",", -1))) {
      int sign = part.indexOf('=');
      if (sign < 1) {
        throw new IllegalArgumentException(
            "\"" + part + "\" (expected: METRIC=VALUE, such as ttft.p99=200ms)");
      }
      Metric metric = Metric.of(part.substring(0, sign).strip());
      limits.add(
          new Limit(metric, metric.lessIsBetter(), metric.parse(part.substring(sign + 1).strip())));
    }
    return new Objective(text, limits);
  }

  /** What the report misses of it; empty where it is kept. */
  public List<String> misses(LoadReport report) {
    return limits.stream().flatMap(limit -> limit.violations(report).stream()).toList();
  }

  /** Whether a finished request is good: each of its times within the bound of its metric. */
  public boolean good(double firstTokenMicros, double perTokenMicros, double durationMicros) {
    return within("ttft.", firstTokenMicros)
        && within("tpot.", perTokenMicros)
        && within("duration.", durationMicros);
  }

  private boolean within(String prefix, double micros) {
    OptionalDouble bound =
        limits.stream()
            .filter(limit -> limit.metric().name().startsWith(prefix))
            .mapToDouble(Limit::bound)
            .max();
    return bound.isEmpty() || micros <= bound.getAsDouble();
  }
}
