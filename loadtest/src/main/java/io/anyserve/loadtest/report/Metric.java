package io.anyserve.loadtest.report;

import io.anyserve.loadtest.Latency;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A figure of a phase by its name: {@code ttft.p99}, {@code errors}, {@code requests}.
 *
 * @param unit of its value
 * @param lessIsBetter smaller is better
 */
public record Metric(
    String name, Unit unit, boolean lessIsBetter, ToDoubleFunction<PhaseReport> value) {

  /** Units, as values are written. */
  public enum Unit {
    MICROS,
    PERCENT,
    PER_SECOND,
    COUNT
  }

  private enum Statistic {
    MEAN,
    P50,
    P90,
    P95,
    P99,
    P999,
    MAX;

    double of(Latency latency) {
      return switch (this) {
        case MEAN -> latency.mean();
        case P50 -> latency.p50();
        case P90 -> latency.p90();
        case P95 -> latency.p95();
        case P99 -> latency.p99();
        case P999 -> latency.p999();
        case MAX -> latency.max();
      };
    }

    String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private enum Times {
    TTFT,
    GAP,
    TPOT,
    DURATION,
    LAG;

    Latency of(PhaseReport phase) {
      return switch (this) {
        case TTFT -> phase.latencies().firstToken();
        case GAP -> phase.latencies().gap();
        case TPOT -> phase.latencies().perToken();
        case DURATION -> phase.latencies().duration();
        case LAG -> phase.latencies().lag();
      };
    }

    String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final String NAMES =
      Stream.of(Times.values()).map(Times::key).collect(Collectors.joining("|", "(", ")"))
          + "."
          + Stream.of(Statistic.values())
              .map(Statistic::key)
              .collect(Collectors.joining("|", "(", ")"))
          + ", errors, lost, requests, tokens or goodput";

  /** Throws IllegalArgumentException for an unknown name. */
  public static Metric of(String name) {
    return named(name)
        .orElseThrow(
            () -> new IllegalArgumentException("\"" + name + "\" (expected: " + NAMES + ")"));
  }

  private static Optional<Metric> named(String name) {
    return switch (name) {
      case "errors" ->
          Optional.of(new Metric(name, Unit.PERCENT, true, phase -> phase.counts().errorPercent()));
      case "lost" ->
          Optional.of(new Metric(name, Unit.COUNT, true, phase -> phase.counts().lost()));
      case "requests" ->
          Optional.of(new Metric(name, Unit.PER_SECOND, false, phase -> phase.rates().requests()));
      case "tokens" ->
          Optional.of(new Metric(name, Unit.PER_SECOND, false, phase -> phase.rates().tokens()));
      case "goodput" ->
          Optional.of(new Metric(name, Unit.PER_SECOND, false, phase -> phase.rates().goodput()));
      default -> time(name);
    };
  }

  private static Optional<Metric> time(String name) {
    for (Times times : Times.values()) {
      for (Statistic statistic : Statistic.values()) {
        if (name.equals(times.key() + "." + statistic.key())) {
          return Optional.of(
              new Metric(name, Unit.MICROS, true, phase -> measured(times.of(phase), statistic)));
        }
      }
    }
    return Optional.empty();
  }

  private static double measured(Latency times, Statistic statistic) {
    return times.count() == 0 ? Double.NaN : statistic.of(times);
  }

  /** The figure of a phase; NaN for times that were not measured. */
  public double of(PhaseReport phase) {
    return value.applyAsDouble(phase);
  }

  /** Reads a value with its unit: {@code 250ms}, {@code 0.1%}, {@code 100}. */
  double parse(String text) {
    try {
      double figure =
          switch (unit) {
            case MICROS -> micros(text);
            case PERCENT -> Double.parseDouble(cut(text, "%"));
            case PER_SECOND, COUNT -> Double.parseDouble(cut(text, "/s"));
          };
      if (figure >= 0 && Double.isFinite(figure)) {
        return figure;
      }
    } catch (NumberFormatException _) {
      // Said below.
    }
    throw new IllegalArgumentException(name + ": \"" + text + "\" (expected: " + form() + ")");
  }

  private String form() {
    return switch (unit) {
      case MICROS -> "a time like 250us, 250ms or 2.5s";
      case PERCENT -> "a share like 0.1%";
      case PER_SECOND -> "a number a second like 100";
      case COUNT -> "a number like 0";
    };
  }

  private static double micros(String text) {
    if (text.endsWith("ms")) {
      return Double.parseDouble(cut(text, "ms")) * 1e3;
    }
    if (text.endsWith("us")) {
      return Double.parseDouble(cut(text, "us"));
    }
    if (text.endsWith("s")) {
      return Double.parseDouble(cut(text, "s")) * 1e6;
    }
    throw new NumberFormatException(text);
  }

  private static String cut(String text, String unit) {
    return text.endsWith(unit) ? text.substring(0, text.length() - unit.length()) : text;
  }

  /** The value with its unit, for people. */
  public String text(double figure) {
    if (Double.isNaN(figure)) {
      return "-";
    }
    return switch (unit) {
      case MICROS -> Texts.micros(figure);
      case PERCENT -> Texts.number(figure) + " %";
      case PER_SECOND -> Texts.number(figure) + "/s";
      case COUNT -> Texts.number(figure);
    };
  }
}
