package io.anyserve.loadtest.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.loadtest.report.LineChart.Point;
import io.anyserve.loadtest.report.LineChart.Series;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LineChartTest {

  private static final Pattern POINTS = Pattern.compile("points=\"([^\"]*)\"");
  private static final Pattern AXIS = Pattern.compile("class=\"value\">([^<]*)<");

  @ParameterizedTest
  @CsvSource({"0.9, 1", "1, 1", "1.01, 1.5", "7, 8", "42, 50", "999, 1000", "1001, 1500", "0, 1"})
  void theAxisEndsWithARoundNumber(double highest, double top) {
    assertEquals(top, ChartFrame.of(highest).top(), 1e-9);
  }

  @Test
  void aHoleEndsALine() {
    String html =
        chart(
            new Point(1, 10),
            new Point(2, 20),
            new Point(3, Double.NaN),
            new Point(4, 20),
            new Point(10, 0));

    List<String> lines = matches(POINTS, html);
    assertEquals(2, lines.size(), html);
    assertEquals(2, lines.getFirst().split(" ").length);
    assertTrue(lines.getLast().endsWith("536.0,194.0"), "the lower right corner: " + lines);
    assertTrue(!html.contains("NaN"), html);
  }

  @Test
  void theAxisHasShortLabels() {
    assertEquals(
        List.of("0", "0.2", "0.4", "0.6", "0.8", "1"), matches(AXIS, chart(new Point(1, 1))));
  }

  @Test
  void aChartWithoutValuesIsEmpty() {
    Series nothing = new Series("a", List.of(new Point(1, Double.NaN)));

    assertTrue(new LineChart("t", 10, Texts::number, List.of(nothing)).empty());
    assertTrue(new LineChart("t", 10, Texts::number, List.of()).empty());
  }

  private static String chart(Point... points) {
    return new LineChart("title", 10, Texts::number, List.of(new Series("line", List.of(points))))
        .html();
  }

  private static List<String> matches(Pattern pattern, String html) {
    return pattern.matcher(html).results().map((MatchResult found) -> found.group(1)).toList();
  }
}
