package io.anyserve.loadtest.report;

import io.anyserve.loadtest.Latency;
import io.anyserve.loadtest.report.LineChart.Series;
import io.anyserve.loadtest.report.PhaseReport.Counts;
import io.anyserve.loadtest.report.PhaseReport.Window;
import io.anyserve.loadtest.report.ProcessReport.ProcessSample;
import java.net.URI;
import java.util.Comparator;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** One phase of a report on its page. */
final class PhaseSection {

  private final PhaseReport phase;
  private final boolean objective;
  private final StringBuilder page;

  /**
   * @param objective as it was given; empty for none
   */
  PhaseSection(PhaseReport phase, String objective, StringBuilder page) {
    this.phase = phase;
    this.objective = !objective.isEmpty();
    this.page = page;
  }

  void write() {
    page.append("<section>\n<h2>%s</h2>%n".formatted(Texts.escaped(title())));
    tiles();
    page.append("<div class=\"charts\">\n");
    charts().filter(chart -> !chart.empty()).forEach(chart -> page.append(chart.html()));
    histograms();
    page.append("</div>\n");
    latencies();
    errors();
    callers();
    page.append("</section>\n");
  }

  private String title() {
    return Character.toUpperCase(phase.name().charAt(0)) + phase.name().substring(1);
  }

  private void tiles() {
    page.append("<div class=\"tiles\">\n");
    tile("ttft.p50", "first token, p50");
    tile("ttft.p99", "first token, p99");
    tile("gap.p99", "gap between chunks, p99");
    tile("duration.p99", "duration, p99");
    tile("requests", "requests finished");
    tile("tokens", "tokens");
    if (objective) {
      tile("goodput", "goodput");
    }
    tile("errors", "errors");
    tile("lag.p99", "lag of the generator, p99");
    page.append("</div>\n");
    Counts counts = phase.counts();
    page.append(
        "<p>%s requests in %s s: %s finished, %s failed, %s left, %s lost; %s tokens.</p>%n"
            .formatted(
                Texts.number(counts.sent()),
                Texts.number(phase.seconds()),
                Texts.number(counts.finished()),
                Texts.number(counts.failed()),
                Texts.number(counts.left()),
                Texts.number(counts.lost()),
                Texts.number(counts.tokens())));
  }

  /** Times that nobody measured have no tile. */
  private void tile(String name, String label) {
    Metric metric = Metric.of(name);
    if (metric.unit() != Metric.Unit.MICROS || metric.of(phase) > 0) {
      page.append(ReportPage.tile(label, metric.text(metric.of(phase))));
    }
  }

  private Stream<LineChart> charts() {
    return Stream.of(
        chart(
            "Time to the first token",
            Texts::micros,
            times("p50", Window::firstToken, Latency::p50),
            times("p95", Window::firstToken, Latency::p95),
            times("p99", Window::firstToken, Latency::p99)),
        chart(
            "Gap between chunks",
            Texts::micros,
            times("p50", Window::gap, Latency::p50),
            times("p99", Window::gap, Latency::p99)),
        chart(
            "Requests per second",
            Texts::number,
            windows("sent", window -> window.sent() / window.length()),
            windows("finished", window -> window.finished() / window.length()),
            windows("failed", window -> window.failed() / window.length())),
        chart(
            "Tokens per second",
            Texts::number,
            windows("tokens", window -> window.tokens() / window.length())),
        chart(
            "Open requests and queue",
            Texts::number,
            Stream.concat(
                    Stream.of(windows("open, as callers see it", Window::inFlight)),
                    Stream.concat(
                        processes("queued, ", ProcessSample::queued),
                        processes("in flight, ", ProcessSample::inFlight)))
                .toArray(Series[]::new)),
        chart(
            "Processors in use",
            Texts::number,
            processes("", ProcessSample::processors).toArray(Series[]::new)),
        chart(
            "Resident memory",
            value -> Texts.number(value) + " MiB",
            processes("", ProcessSample::memory).toArray(Series[]::new)));
  }

  private LineChart chart(String title, DoubleFunction<String> label, Series... series) {
    double end = phase.windows().isEmpty() ? phase.seconds() : phase.windows().getLast().second();
    return new LineChart(title, Math.max(end, 1), label, List.of(series));
  }

  private Series windows(String name, ToDoubleFunction<Window> value) {
    return LineChart.series(name, phase.windows(), Window::second, value);
  }

  /** A window in which nothing was timed leaves a hole. */
  private Series times(
      String name, Function<Window, Latency> latency, ToDoubleFunction<Latency> value) {
    return windows(
        name,
        window -> {
          Latency times = latency.apply(window);
          return times.count() == 0 ? Double.NaN : value.applyAsDouble(times);
        });
  }

  /** A line for each process that says something. */
  private Stream<Series> processes(String prefix, ToDoubleFunction<ProcessSample> value) {
    return phase.processes().stream()
        .filter(
            process ->
                process.samples().stream()
                    .anyMatch(sample -> !Double.isNaN(value.applyAsDouble(sample))))
        .map(
            process ->
                LineChart.series(
                    prefix + address(process.url()),
                    process.samples(),
                    ProcessSample::second,
                    value));
  }

  /** Host and port: no address of a page that could be followed. */
  private static String address(String url) {
    URI uri = URI.create(url);
    return uri.getHost() + ":" + uri.getPort();
  }

  private void histograms() {
    if (!phase.distributions().firstToken().isEmpty()) {
      page.append(
          new HistogramChart(
                  "Distribution of the time to the first token", phase.distributions().firstToken())
              .html());
    }
    if (!phase.distributions().gap().isEmpty()) {
      page.append(
          new HistogramChart("Distribution of the gaps", phase.distributions().gap()).html());
    }
  }

  private void latencies() {
    page.append(
        """
        <table>
        <thead><tr><th>time</th><th>count</th><th>mean</th><th>p50</th><th>p90</th><th>p95</th><th>p99</th><th>p99.9</th><th>max</th></tr></thead>
        <tbody>
        """);
    row("first token", phase.latencies().firstToken());
    row("gap", phase.latencies().gap());
    row("per token", phase.latencies().perToken());
    row("duration", phase.latencies().duration());
    row("lag", phase.latencies().lag());
    page.append("</tbody>\n</table>\n");
  }

  private void row(String name, Latency latency) {
    if (latency.count() == 0) {
      return;
    }
    page.append("<tr><td>%s</td><td>%s</td>".formatted(name, Texts.number(latency.count())));
    Stream.of(
            latency.mean(),
            latency.p50(),
            latency.p90(),
            latency.p95(),
            latency.p99(),
            latency.p999(),
            latency.max())
        .forEach(value -> page.append("<td>%s</td>".formatted(Texts.micros(value))));
    page.append("</tr>\n");
  }

  private void errors() {
    if (phase.errors().isEmpty()) {
      return;
    }
    page.append(
        "<table>\n<thead><tr><th>error</th><th>requests</th><th>the first</th></tr></thead>\n<tbody>\n");
    phase.errors().entrySet().stream()
        .sorted(Comparator.comparingLong(error -> -error.getValue().requests()))
        .forEach(
            error ->
                page.append(
                    "<tr><td>%s</td><td>%s</td><td>%s</td></tr>%n"
                        .formatted(
                            Texts.escaped(error.getKey()),
                            Texts.number(error.getValue().requests()),
                            Texts.escaped(error.getValue().first()))));
    page.append("</tbody>\n</table>\n");
  }

  private void callers() {
    if (phase.callers().size() < 2) {
      return;
    }
    page.append(
        """
        <table>
        <thead><tr><th>callers</th><th>sent</th><th>finished</th><th>failed</th><th>left</th><th>lost</th><th>tokens</th><th>first token p50</th><th>p99</th><th>duration p99</th></tr></thead>
        <tbody>
        """);
    phase
        .callers()
        .forEach(
            caller -> {
              Counts counts = caller.counts();
              page.append("<tr><td>%s</td>".formatted(Texts.escaped(caller.name())));
              Stream.of(
                      counts.sent(),
                      counts.finished(),
                      counts.failed(),
                      counts.left(),
                      counts.lost(),
                      counts.tokens())
                  .forEach(count -> page.append("<td>%s</td>".formatted(Texts.number(count))));
              time(caller.latencies().firstToken(), Latency::p50);
              time(caller.latencies().firstToken(), Latency::p99);
              time(caller.latencies().duration(), Latency::p99);
              page.append("</tr>\n");
            });
    page.append("</tbody>\n</table>\n");
  }

  private void time(Latency latency, ToDoubleFunction<Latency> value) {
    String text = latency.count() == 0 ? "-" : Texts.micros(value.applyAsDouble(latency));
    page.append("<td>%s</td>".formatted(text));
  }
}
