package io.anyserve.loadtest.conversations;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import io.anyserve.loadtest.Latency;
import io.anyserve.loadtest.conversations.ConversationsReport.CallTimes;
import io.anyserve.loadtest.conversations.ConversationsReport.MemorySample;
import java.util.Locale;

/** The report as people read it. */
public final class ConversationsTable {

  private static final double MICROS_PER_MILLI = 1_000;

  private ConversationsTable() {}

  public static String of(ConversationsReport report) {
    var table = new StringBuilder();
    line(
        table,
        "appended %.0f messages/s, written as records %.0f messages/s, readable after %.1f s",
        report.filled().appended().messagesPerSecond(),
        report.filled().written().messagesPerSecond(),
        report.filled().readable());
    line(table, "");
    line(table, "%-24s %13s %9s %21s %21s", "MiB", "conversations", "reads", "ingress", "router");
    report.memory().forEach(sample -> memory(table, sample));
    line(table, "");
    report.calls().forEach(times -> calls(table, times));
    line(
        table,
        "store %.0f MiB; the router answers after %.1f s with it, after %.1f s without it",
        report.store().mebibytes(),
        report.store().restartSeconds(),
        report.store().restoreSeconds());
    return table.toString();
  }

  private static void memory(StringBuilder table, MemorySample sample) {
    line(
        table,
        "%-24s %13d %9d %21s %21s",
        sample.when(),
        sample.conversations(),
        sample.reads(),
        memory(sample.ingress()),
        memory(sample.router()));
  }

  private static String memory(ProcessMemory memory) {
    return String.format(Locale.ROOT, "%.0f, heap %.1f", memory.resident(), memory.heap());
  }

  private static void calls(StringBuilder table, CallTimes times) {
    String head = "ms with %d conversations".formatted(times.conversations());
    line(table, "%-42s %9s %9s %9s %9s", head, "calls", "p50", "p99", "max");
    for (ConversationCall call : ConversationCall.values()) {
      Latency latency = times.times().get(call);
      if (latency != null) {
        line(
            table,
            "%-42s %9d %9.1f %9.1f %9.1f",
            call.text(),
            latency.count(),
            latency.p50() / MICROS_PER_MILLI,
            latency.p99() / MICROS_PER_MILLI,
            latency.max() / MICROS_PER_MILLI);
      }
    }
    line(table, "");
  }

  @FormatMethod
  private static void line(StringBuilder table, @FormatString String format, Object... values) {
    table.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
