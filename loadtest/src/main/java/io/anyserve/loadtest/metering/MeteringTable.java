package io.anyserve.loadtest.metering;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import io.anyserve.loadtest.Latency;
import java.util.Locale;

/** The report as people read it. */
public final class MeteringTable {

  private static final double MICROS_PER_MILLI = 1_000;

  private MeteringTable() {}

  public static String of(MeteringReport report) {
    StringBuilder table = new StringBuilder();
    line(table, "%-22s %12s %12s", "end to end", "chunks/s", "requests/s");
    row(table, "metering", report.metering());
    row(table, "pass-through", report.passThrough());
    line(table, "metering / pass-through: %.2f", report.share());
    line(table, "");
    lag(table, report.lag());
    line(table, "");
    ledger(table, report.ledger());
    return table.toString();
  }

  private static void row(StringBuilder table, String name, Throughput measured) {
    line(
        table,
        "%-22s %12.0f %12.0f",
        name,
        measured.chunksPerSecond(),
        measured.requestsPerSecond());
  }

  private static void lag(StringBuilder table, MeteringReport.Lag lag) {
    Latency latency = lag.latency();
    line(table, "%-22s %9s %9s %9s", "milliseconds", "p50", "p99", "max");
    line(
        table,
        "%-22s %9.1f %9.1f %9.1f",
        "lag at %.0f/s".formatted(lag.requestsPerSecond()),
        latency.p50() / MICROS_PER_MILLI,
        latency.p99() / MICROS_PER_MILLI,
        latency.max() / MICROS_PER_MILLI);
  }

  private static void ledger(StringBuilder table, MeteringReport.Ledger ledger) {
    line(
        table,
        "ledger: %d of %d requests in %d lines, %d of %d tokens: %s",
        ledger.requestsBilled(),
        ledger.requestsWritten(),
        ledger.lines(),
        ledger.tokensBilled(),
        ledger.tokensWritten(),
        ledger.exact() ? "exact" : "DIFFERS");
  }

  @FormatMethod
  private static void line(StringBuilder table, @FormatString String format, Object... values) {
    table.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
