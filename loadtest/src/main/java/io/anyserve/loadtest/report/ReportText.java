package io.anyserve.loadtest.report;

import io.anyserve.loadtest.Latency;
import java.util.Locale;

/** A report for a terminal. */
public final class ReportText {

  private ReportText() {}

  public static String of(LoadReport report) {
    StringBuilder text = new StringBuilder();
    text.append(report.scenario()).append(": ").append(report.load()).append('\n');
    report.phases().forEach(phase -> phase(text, phase));
    if (report.idle() != null) {
      LoadReport.IdleUse idle = report.idle();
      text.append(
          "first token p99: %s alone, %s beside the backlog, which used %.0f %% of the idle capacity%s%n"
              .formatted(
                  Texts.micros(idle.alone()),
                  Texts.micros(idle.beside()),
                  idle.share() * 100,
                  idle.outlasted() ? "" : " until it ended early"));
    }
    return text.toString();
  }

  private static void phase(StringBuilder text, PhaseReport phase) {
    PhaseReport.Counts counts = phase.counts();
    text.append(
        "%n%s: %s sent, %s finished, %s failed, %s left, %s lost%n"
            .formatted(
                phase.name(),
                Texts.number(counts.sent()),
                Texts.number(counts.finished()),
                Texts.number(counts.failed()),
                Texts.number(counts.left()),
                Texts.number(counts.lost())));
    text.append(
        "  %s requests/s, %s tokens/s, goodput %s/s%n"
            .formatted(
                Texts.number(phase.rates().requests()),
                Texts.number(phase.rates().tokens()),
                Texts.number(phase.rates().goodput())));
    row(text, "first token", phase.latencies().firstToken());
    row(text, "gap", phase.latencies().gap());
    row(text, "per token", phase.latencies().perToken());
    row(text, "duration", phase.latencies().duration());
    row(text, "lag", phase.latencies().lag());
    phase
        .errors()
        .forEach(
            (code, found) ->
                text.append(
                    "  %s: %s (first: %s)%n"
                        .formatted(code, Texts.number(found.requests()), found.first())));
  }

  private static void row(StringBuilder text, String name, Latency latency) {
    if (latency.count() > 0) {
      text.append(
          String.format(
              Locale.ROOT,
              "  %-12s p50 %-9s p90 %-9s p95 %-9s p99 %-9s max %s%n",
              name,
              Texts.micros(latency.p50()),
              Texts.micros(latency.p90()),
              Texts.micros(latency.p95()),
              Texts.micros(latency.p99()),
              Texts.micros(latency.max())));
    }
  }
}
