package io.anyserve.loadtest.metering;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import io.anyserve.loadtest.metering.RestartReport.Restart;
import java.util.Locale;

/** The report as people read it. */
public final class RestartTable {

  private RestartTable() {}

  public static String of(RestartReport report) {
    var table = new StringBuilder();
    line(table, "%s, settings of Kafka: %s", report.host(), report.settings());
    line(
        table,
        "%d entries counted in %.0f s, %.0f s of processor time",
        report.entries(),
        report.fillSeconds(),
        report.fillCpuSeconds());
    line(
        table,
        "%-14s %10s %10s %14s %14s %14s",
        "after kill -9",
        "ready s",
        "head s",
        "processor s",
        "MiB before",
        "MiB after");
    for (int i = 0; i < report.restarts().size(); i++) {
      Restart restart = report.restarts().get(i);
      line(
          table,
          "%-14d %10.1f %10.1f %14.1f %14.0f %14.0f",
          i + 1,
          restart.readySeconds(),
          restart.headSeconds(),
          restart.cpuSeconds(),
          restart.mebibytesBefore(),
          restart.mebibytesAfter());
    }
    line(table, "totals: %d of %d entries", report.counted(), report.entries());
    return table.toString();
  }

  @FormatMethod
  private static void line(StringBuilder table, @FormatString String format, Object... values) {
    table.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
