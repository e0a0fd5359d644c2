package io.anyserve.loadtest;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.util.Locale;

/** The report as people read it. */
public final class PipelineTable {

  private PipelineTable() {}

  public static String of(PipelineReport report) {
    StringBuilder table = new StringBuilder();
    line(table, "%-28s %9s %9s %9s", "microseconds", "p50", "p99", "max");
    row(table, "raw round trip", report.raw());
    row(table, "first token, open loop", report.openLoop().firstToken());
    row(table, "gap between chunks", report.openLoop().gap());
    line(table, "first token / raw, p50: %.2f", report.firstTokenRatio());
    line(table, "");
    line(
        table,
        "%-10s %12s %12s %12s %12s %8s",
        "streams",
        "requests/s",
        "chunks/s",
        "first p50",
        "first p99",
        "failed");
    report.closedLoop().forEach((streams, result) -> row(table, Integer.toString(streams), result));
    row(table, "skeleton", report.skeleton());
    line(table, "requests/s / bare skeleton: %.2f", report.skeletonRatio());
    PipelineReport.Ledger ledger = report.ledger();
    line(table, "");
    line(
        table,
        "ledger: %d of %d requests, %d of %d tokens: %s",
        ledger.requestsBilled(),
        ledger.requestsSeen(),
        ledger.tokensBilled(),
        ledger.tokensSeen(),
        ledger.exact() ? "exact" : "DIFFERS");
    return table.toString();
  }

  private static void row(StringBuilder table, String name, LoadResult result) {
    line(
        table,
        "%-10s %12.0f %12.0f %12.0f %12.0f %8d",
        name,
        result.requestsPerSecond(),
        result.chunksPerSecond(),
        result.firstToken().p50(),
        result.firstToken().p99(),
        result.failed());
  }

  private static void row(StringBuilder table, String name, Latency latency) {
    line(table, "%-28s %9.0f %9.0f %9.0f", name, latency.p50(), latency.p99(), latency.max());
  }

  @FormatMethod
  private static void line(StringBuilder table, @FormatString String format, Object... values) {
    table.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
