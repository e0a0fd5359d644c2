package io.anyserve.loadtest.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.loadtest.Latency;
import io.anyserve.loadtest.report.LoadReport.IdleUse;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

final class ReportPageTest {

  /** What a browser would fetch. */
  private static final List<String> FETCHING =
      List.of("src=", "href=", "url(", "@import", "<script");

  @Test
  void thePageHasTheNumbersOfTheJson(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("report.json");
    Files.writeString(file, ReportSamples.run(2).json());
    LoadReport read = LoadReport.read(file);
    String page = ReportPage.of(ReportSamples.run(2), List.of());

    PhaseReport phase = read.phases().getFirst();
    List<String> tiles = texts(document(page), "b");
    Stream.of(
            "ttft.p50",
            "ttft.p99",
            "gap.p99",
            "duration.p99",
            "requests",
            "tokens",
            "goodput",
            "errors",
            "lag.p99")
        .map(Metric::of)
        .forEach(
            metric -> {
              String figure = metric.text(metric.of(phase));
              assertTrue(
                  tiles.contains(figure), () -> metric.name() + " " + figure + " in " + tiles);
            });
    List<String> cells = texts(document(page), "td");
    Stream.of(phase.latencies().firstToken())
        .flatMap(
            times -> Stream.of(times.mean(), times.p90(), times.p95(), times.p999(), times.max()))
        .map(Texts::micros)
        .forEach(figure -> assertTrue(cells.contains(figure), () -> figure + " in " + cells));
    assertTrue(
        page.contains(
            "1,234 requests in 60 s: 1,210 finished, 3 failed, 17 left, 4 lost; 9,901 tokens."));
    assertEquals(ReportSamples.run(2), read);
  }

  @Test
  void thePageIsWellFormedWhateverTheNamesAre() throws Exception {
    Document page = document(ReportPage.of(ReportSamples.withBacklog(), List.of("a < b & c")));

    assertEquals(List.of(ReportSamples.ODD_NAME), texts(page, "h1"));
    assertTrue(texts(page, "td").contains(ReportSamples.ODD_NAME));
    assertTrue(texts(page, "p").contains("a < b & c"));
    assertEquals(2 * 9, page.getElementsByTagName("svg").getLength());
  }

  @Test
  void thePageFetchesNothing() {
    String page = ReportPage.of(ReportSamples.withBacklog(), List.of());

    for (String fetching : FETCHING) {
      assertFalse(page.toLowerCase(Locale.ROOT).contains(fetching), fetching);
    }
    assertFalse(page.contains("://"), "no address");
    assertTrue(page.contains("default-src 'none'"));
  }

  @Test
  void aLateGeneratorIsSaidFirst() throws Exception {
    LoadReport late = ReportSamples.report(List.of(ReportSamples.phase("load", 1, 5.1)), null);
    LoadReport punctual = ReportSamples.report(List.of(ReportSamples.phase("load", 1, 5)), null);

    assertFalse(late.valid());
    assertEquals(
        "invalid: the generator was late",
        texts(document(ReportPage.of(late, List.of())), "h2").getFirst());
    assertTrue(punctual.valid());
    assertFalse(ReportPage.of(punctual, List.of()).contains("was late"));
  }

  @Test
  void aBacklogHasItsFigures() throws Exception {
    LoadReport report = ReportSamples.withBacklog();
    String page = ReportPage.of(report, List.of());

    assertEquals(0.65, Objects.requireNonNull(report.idle()).share(), 1e-9);
    assertTrue(texts(document(page), "b").containsAll(List.of("41 ms", "67.8 ms", "65 %")));
    assertTrue(page.contains("It ended before the interactive requests did"));
    assertEquals(0, new IdleUse(1, 1, 10, 10, 5, true).share());
  }

  @Test
  void whatNobodyMeasuredIsLeftOut() throws Exception {
    LoadReport nothing =
        ReportSamples.report(
            List.of(
                new PhaseReport(
                    "load",
                    1,
                    new PhaseReport.Counts(0, 0, 0, 0, 0, 0, 0, 0),
                    new PhaseReport.Rates(0, 0, 0, 0),
                    new PhaseReport.Latencies(
                        Latency.NONE, Latency.NONE, Latency.NONE, Latency.NONE, Latency.NONE),
                    new PhaseReport.Distributions(List.of(), List.of()),
                    Map.of(),
                    List.of(),
                    List.of(),
                    List.of())),
            null);

    Document page = document(ReportPage.of(nothing, List.of()));

    assertEquals(0, page.getElementsByTagName("svg").getLength());
    assertFalse(ReportPage.of(nothing, List.of()).contains("NaN"));
  }

  private static Document document(String page) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(page.replace("<!doctype html>", ""))));
  }

  private static List<String> texts(Document page, String tag) {
    NodeList found = page.getElementsByTagName(tag);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < found.getLength(); i++) {
      if (found.item(i) instanceof Element element) {
        texts.add(element.getTextContent());
      }
    }
    return texts;
  }
}
