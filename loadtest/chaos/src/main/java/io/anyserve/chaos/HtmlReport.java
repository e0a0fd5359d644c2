package io.anyserve.chaos;

import io.anyserve.audit.Violation;
import io.anyserve.chaos.FaultReport.Counts;
import io.anyserve.chaos.FaultReport.Row;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The report as one HTML page that needs nothing else. */
public final class HtmlReport {

  private static final String HEAD =
      """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width">
      <title>AnyServe fault suite</title>
      <style>
      :root { color-scheme: light dark }
      body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem }
      table { border-collapse: collapse; width: 100% }
      th, td { padding: .25rem .6rem; text-align: right; border-bottom: 1px solid #8884 }
      th:first-child, td:first-child { text-align: left }
      tr.all td { font-weight: bold; border-top: 2px solid #888 }
      .bad { color: #c0392b; font-weight: bold }
      .good { color: #218c5b; font-weight: bold }
      </style>
      </head>
      """;

  private static final List<String> HEADS =
      List.of(
          "fault",
          "injections",
          "in flight",
          "failed",
          "lost",
          "repeated",
          "wrong",
          "bill drift",
          "gap p50, s",
          "gap max, s",
          "outage max, s",
          "drained max, s");

  private HtmlReport() {}

  public static String of(FaultReport report) {
    return HEAD
        + """
        <body>
        <h1>AnyServe fault suite</h1>
        <p>%s</p>
        %s
        %s
        <h2>Counts</h2>
        <p>%s</p>
        <h2>Findings</h2>
        <ul>
        %s
        </ul>
        </body>
        </html>
        """
            .formatted(
                escaped(what(report)),
                verdict(report),
                table(report),
                escaped(counts(report.counts())),
                findings(report));
  }

  private static String what(FaultReport report) {
    return "%s, %s engine, seed %d, %.0f s; %s; backlog gone within twice the outage: after %d of %d faults"
        .formatted(
            report.at(),
            report.engine(),
            report.seed(),
            report.seconds(),
            TextReport.offered(report.offered()),
            report.prompt(),
            report.recoveries().size());
  }

  private static String verdict(FaultReport report) {
    return report.clean()
        ? "<p class=\"good\">Nothing lost, repeated, wrong or drifted.</p>"
        : "<p class=\"bad\">" + report.findings().size() + " findings.</p>";
  }

  private static String table(FaultReport report) {
    String heads =
        HEADS.stream().map(head -> "<th>" + head + "</th>").collect(Collectors.joining());
    String rows =
        Stream.concat(
                report.rows().stream().map(row -> row(row, "")),
                Stream.of(row(report.total(), " class=\"all\"")))
            .collect(Collectors.joining("\n"));
    return "<table>\n<thead><tr>"
        + heads
        + "</tr></thead>\n<tbody>\n"
        + rows
        + "\n</tbody>\n</table>";
  }

  private static String row(Row row, String attributes) {
    Stream<String> numbers =
        Stream.of(row.injections(), row.inFlight(), row.failed()).map(HtmlReport::cell);
    Stream<String> harms =
        Stream.of(row.lost(), row.repeated(), row.wrong(), row.drift()).map(HtmlReport::harm);
    Stream<String> gaps =
        Stream.of(row.gapP50(), row.gapMax(), row.outageMax(), row.drainedMax())
            .map(gap -> "<td>" + String.format(Locale.ROOT, "%.2f", gap) + "</td>");
    return "<tr%s><td>%s</td>".formatted(attributes, escaped(row.fault()))
        + Stream.of(numbers, harms, gaps).flatMap(cells -> cells).collect(Collectors.joining())
        + "</tr>";
  }

  private static String cell(Number value) {
    return "<td>" + value + "</td>";
  }

  private static String harm(long count) {
    return count == 0 ? cell(count) : "<td class=\"bad\">" + count + "</td>";
  }

  private static String counts(Counts counts) {
    return "%d requests begun, %d accepted, %d terminal events; %d finished, %d failed, %d cancelled, %d hung up, %d refused; %d resumptions; %d requests that no caller was told of, %d ran again after their end; %d chunks, %d tokens, %d billed."
        .formatted(
            counts.begun(),
            counts.accepted(),
            counts.ended(),
            counts.finished(),
            counts.failed(),
            counts.cancelled(),
            counts.left(),
            counts.refused(),
            counts.resumed(),
            counts.unclaimed(),
            counts.again(),
            counts.chunks(),
            counts.tokens(),
            counts.billed());
  }

  private static String findings(FaultReport report) {
    Stream<String> skipped =
        report.skipped().entrySet().stream()
            .map(one -> one.getKey() + " skipped: " + one.getValue());
    Stream<String> metrics = report.metrics().stream().map(mistake -> "metrics: " + mistake);
    Stream<String> found = report.findings().stream().map(HtmlReport::text);
    return Stream.of(skipped, metrics, found)
        .flatMap(lines -> lines)
        .map(line -> "<li>" + escaped(line) + "</li>")
        .collect(Collectors.joining("\n"));
  }

  private static String text(Violation finding) {
    return finding.harm() + ": " + finding.what();
  }

  static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
