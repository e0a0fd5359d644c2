package io.anyserve.chaos.rolling;

import io.anyserve.chaos.rolling.RollingReport.Distribution;
import io.anyserve.chaos.rolling.RollingReport.Row;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The report as people read it in a terminal. */
public final class RollingTable {

  private static final int MOST_FINDINGS = 20;

  private RollingTable() {}

  public static String of(RollingReport report) {
    StringBuilder table = new StringBuilder();
    table.append(
        "%-11s %-8s %7s %7s %8s %8s %8s %8s %7s %9s %9s %6s %6s%n"
            .formatted(
                "service",
                "change",
                "stop s",
                "ready s",
                "streams",
                "gap p50",
                "gap p99",
                "gap max",
                "begun",
                "first p50",
                "first max",
                "errors",
                "wrong"));
    report.rows().forEach(row -> table.append(line(row)));
    table.append(
        String.format(
            Locale.ROOT,
            "%d streams finished in %.0f s, %d calls to go on; load average %.1f, %d processors%n",
            report.finished(),
            report.seconds(),
            report.resumed(),
            report.loadAverage(),
            report.processors()));
    table.append(
        report.errors().isEmpty()
            ? "no client saw an error%n".formatted()
            : "clients saw errors: %s%n".formatted(report.errors()));
    table.append(
        String.format(
            Locale.ROOT,
            "ledger: %d tokens billed, %d in the log; %d findings%n",
            report.log().billed(),
            report.log().tokens(),
            report.findings().size()));
    report.findings().stream()
        .limit(MOST_FINDINGS)
        .forEach(
            found ->
                table.append(
                    "%s: request %d: %s%n".formatted(found.harm(), found.ask(), found.what())));
    return table.toString();
  }

  private static String line(Row row) {
    Distribution gaps = row.gaps();
    Distribution waits = row.waits();
    return String.format(
        Locale.ROOT,
        "%-11s %-8s %7s %7s %8d %8.0f %8.0f %8.0f %7d %9.0f %9.0f %6d %6d%n",
        row.service(),
        row.change().name().toLowerCase(Locale.ROOT),
        seconds(row.stop()) + (row.killed() ? "!" : ""),
        seconds(row.ready()),
        gaps.count(),
        gaps.p50(),
        gaps.p99(),
        gaps.longest(),
        waits.count(),
        waits.p50(),
        waits.longest(),
        row.errors(),
        row.wrong());
  }

  private static String seconds(Optional<Double> value) {
    return value.map(some -> String.format(Locale.ROOT, "%.1f", some)).orElse("-");
  }

  /** How long a change took, for people. */
  static String times(ServiceChange change) {
    return String.join(
        ", ",
        Stream.of(
                change.stop().map(_ -> "stopped after " + seconds(change.stop()) + " s"),
                change.ready().map(_ -> "ready after " + seconds(change.ready()) + " s"))
            .flatMap(Optional::stream)
            .toList());
  }
}
