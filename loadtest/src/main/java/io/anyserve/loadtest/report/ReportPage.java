package io.anyserve.loadtest.report;

import io.anyserve.loadtest.report.LoadReport.IdleUse;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A report as one page that needs nothing else: for light and dark screens, and for paper. */
public final class ReportPage {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("d MMMM yyyy, HH:mm", Locale.ENGLISH).withZone(ZoneOffset.UTC);

  private final LoadReport report;
  private final List<String> violations;
  private final StringBuilder page = new StringBuilder();

  private ReportPage(LoadReport report, List<String> violations) {
    this.report = report;
    this.violations = violations;
  }

  /**
   * The page.
   *
   * @param violations of limits and of the objective, for people
   */
  public static String of(LoadReport report, List<String> violations) {
    return new ReportPage(report, violations).html();
  }

  private String html() {
    page.append(PageStyle.head("Load test: " + report.scenario()));
    page.append("<body>\n<main>\n");
    heading();
    verdict();
    if (report.idle() != null) {
      idle(report.idle());
    }
    report.phases().forEach(phase -> new PhaseSection(phase, report.objective(), page).write());
    explanations();
    page.append("</main>\n</body>\n</html>\n");
    return page.toString();
  }

  private void heading() {
    page.append(
        """
        <header>
        <p class="kind">AnyServe load test</p>
        <h1>%s</h1>
        <p class="what">%s</p>
        <dl class="facts">
        <div><dt>When</dt><dd>%s UTC</dd></div>
        <div><dt>Load</dt><dd>%s</dd></div>
        <div><dt>Generator</dt><dd>%s, seed %d</dd></div>
        </dl>
        </header>
        """
            .formatted(
                Texts.escaped(report.scenario()),
                Texts.escaped(report.description()),
                TIME.format(report.at()),
                Texts.escaped(report.load()),
                Texts.escaped(report.machine()),
                report.seed()));
  }

  private void verdict() {
    if (!report.valid()) {
      box(
          "bad",
          "invalid: the generator was late",
          "Requests were sent up to %s after they were due (p99; at most %s is valid). The figures below say more about the generator than about the service: give it more processors, or run it on another machine."
              .formatted(Texts.micros(report.lag()), Texts.micros(LoadReport.LATEST_MICROS)));
    }
    if (!violations.isEmpty()) {
      box("bad", "Not what was expected", String.join("; ", violations));
    } else if (!report.objective().isEmpty()) {
      box("good", "The objective is kept", report.objective());
    }
    long failed =
        report.phases().stream()
            .mapToLong(phase -> phase.counts().failed() + phase.counts().lost())
            .sum();
    if (failed == 0) {
      box("good", "Every request was answered", "No request failed, and none was lost.");
    } else {
      box(
          "warn",
          Texts.number(failed) + " requests were not answered",
          "The tables below say why, by the code of the error.");
    }
  }

  private void box(String kind, String head, String text) {
    page.append(
        "<section class=\"box %s\"><h2>%s</h2><p>%s</p></section>%n"
            .formatted(kind, Texts.escaped(head), Texts.escaped(text)));
  }

  private void idle(IdleUse idle) {
    page.append("<section><h2>Batch beside interactive</h2>\n<div class=\"tiles\">\n");
    page.append(tile("first token p99 alone", Texts.micros(idle.alone())));
    page.append(tile("first token p99 beside the backlog", Texts.micros(idle.beside())));
    page.append(
        tile(
            "idle capacity that the backlog used",
            Texts.number(Math.rint(idle.share() * 100)) + " %"));
    page.append("</div>\n");
    page.append(
        "<p>The backlog alone reaches %s tokens/s. Beside it the interactive requests take %s tokens/s, and the backlog takes %s tokens/s of what is left.%s</p></section>%n"
            .formatted(
                Texts.number(idle.capacity()),
                Texts.number(idle.interactive()),
                Texts.number(idle.batch()),
                idle.outlasted()
                    ? ""
                    : " It ended before the interactive requests did: with more requests in the backlog these figures are about the whole stretch."));
  }

  static String tile(String name, String value) {
    return "<div class=\"tile\"><b>%s</b><span>%s</span></div>%n"
        .formatted(Texts.escaped(value), Texts.escaped(name));
  }

  private void explanations() {
    String rows =
        List.of(
                List.of("first token", "From when a request was due until its first chunk came."),
                List.of("gap", "From one chunk to the next."),
                List.of(
                    "per token",
                    "Mean time of a token of one answer, from the first token to the last."),
                List.of("duration", "From when a request was due until its answer was complete."),
                List.of(
                    "goodput",
                    "Requests a second that finished within the times of the objective."),
                List.of("left", "The caller hung up on purpose, as the scenario says."),
                List.of("lost", "No end came within the patience of the scenario."),
                List.of(
                    "lag",
                    "From when a request was due until the generator sent it. Its p99 must not be above "
                        + Texts.micros(LoadReport.LATEST_MICROS)
                        + "."))
            .stream()
            .map(row -> "<div><dt>%s</dt><dd>%s</dd></div>".formatted(row.get(0), row.get(1)))
            .collect(Collectors.joining("\n"));
    page.append(
        "<section class=\"words\"><h2>What the words mean</h2>\n<dl>\n%s\n</dl></section>%n"
            .formatted(rows));
  }
}
