package io.anyserve.chaos;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import io.anyserve.chaos.FaultReport.Counts;
import io.anyserve.chaos.FaultReport.Row;
import java.util.Locale;

/** The report as people read it in a terminal. */
public final class TextReport {

  private static final int MOST_FINDINGS = 20;

  private TextReport() {}

  public static String of(FaultReport report) {
    StringBuilder table = new StringBuilder();
    line(
        table,
        "%-18s %10s %9s %7s %6s %9s %6s %7s %9s %9s %9s %9s",
        "fault",
        "injections",
        "in flight",
        "failed",
        "lost",
        "repeated",
        "wrong",
        "drift",
        "gap p50",
        "gap max",
        "outage",
        "drained");
    report.rows().forEach(row -> row(table, row));
    row(table, report.total());
    report.skipped().forEach((fault, why) -> line(table, "%-18s skipped: %s", fault, why));
    counts(table, report);
    report.metrics().forEach(mistake -> line(table, "metrics: %s", mistake));
    report.findings().stream()
        .limit(MOST_FINDINGS)
        .forEach(found -> line(table, "%s: %s", found.harm(), found.what()));
    if (report.findings().size() > MOST_FINDINGS) {
      line(table, "and %d more", report.findings().size() - MOST_FINDINGS);
    }
    line(
        table,
        "%s",
        report.clean() ? "CLEAN" : "NOT CLEAN: " + report.findings().size() + " findings");
    return table.toString();
  }

  private static void counts(StringBuilder table, FaultReport report) {
    Counts counts = report.counts();
    line(table, "");
    line(
        table,
        "%s engine, seed %d, %.0f s: %d requests begun, %d accepted, %d terminal events",
        report.engine(),
        report.seed(),
        report.seconds(),
        counts.begun(),
        counts.accepted(),
        counts.ended());
    line(table, "%s", offered(report.offered()));
    line(
        table,
        "backlog gone within twice the outage: after %d of %d faults",
        report.prompt(),
        report.recoveries().size());
    line(
        table,
        "callers: %d finished, %d failed, %d cancelled, %d hung up, %d refused, %d resumptions",
        counts.finished(),
        counts.failed(),
        counts.cancelled(),
        counts.left(),
        counts.refused(),
        counts.resumed());
    if (!report.codes().isEmpty()) {
      line(table, "failed or refused: %s", report.codes());
    }
    line(
        table,
        "log: %d requests that no caller was told of, %d ran again after their end,"
            + " %d chunks, %d tokens, %d billed",
        counts.unclaimed(),
        counts.again(),
        counts.chunks(),
        counts.tokens(),
        counts.billed());
  }

  static String offered(FaultReport.Offered offered) {
    return offered.capacity() == 0
        ? String.format(Locale.ROOT, "load: %.1f requests/s, as asked for", offered.rate())
        : String.format(
            Locale.ROOT,
            "load: %.1f requests/s; this machine carried %.1f before the first fault",
            offered.rate(),
            offered.capacity());
  }

  private static void row(StringBuilder table, Row row) {
    line(
        table,
        "%-18s %10d %9d %7d %6d %9d %6d %7d %7.2f s %7.2f s %7.2f s %7.2f s",
        row.fault(),
        row.injections(),
        row.inFlight(),
        row.failed(),
        row.lost(),
        row.repeated(),
        row.wrong(),
        row.drift(),
        row.gapP50(),
        row.gapMax(),
        row.outageMax(),
        row.drainedMax());
  }

  @FormatMethod
  private static void line(StringBuilder table, @FormatString String format, Object... values) {
    table.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
