package io.anyserve.loadtest.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * Figures over time as an SVG of a page. Values that are NaN leave a hole.
 *
 * @param seconds length of the time axis
 * @param label of a value, for the axis and the tooltips
 */
record LineChart(String title, double seconds, DoubleFunction<String> label, List<Series> series) {

  private static final int MOST_DOTS = 150;

  LineChart {
    series = List.copyOf(series);
  }

  /** One line. */
  record Series(String name, List<Point> points) {

    Series {
      points = List.copyOf(points);
    }

    private boolean empty() {
      return points.stream().allMatch(point -> Double.isNaN(point.value()));
    }
  }

  /** A value at a second. */
  record Point(double second, double value) {}

  /** Whether no line has a value. */
  boolean empty() {
    return series.stream().allMatch(Series::empty);
  }

  String html() {
    double highest =
        series.stream()
            .flatMap(line -> line.points().stream())
            .mapToDouble(Point::value)
            .filter(value -> !Double.isNaN(value))
            .max()
            .orElse(0);
    ChartFrame frame = ChartFrame.of(highest);
    StringBuilder svg = new StringBuilder(frame.open(title));
    frame.valueAxis(svg, label);
    for (double second : ChartFrame.ticks(seconds)) {
      svg.append(frame.tick(frame.x(second / seconds), Texts.number(second) + " s"));
    }
    for (int i = 0; i < series.size(); i++) {
      line(svg, frame, i, series.get(i));
    }
    return "<figure><figcaption>%s</figcaption>%s</svg>%s</figure>%n"
        .formatted(Texts.escaped(title), svg, legend());
  }

  private void line(StringBuilder svg, ChartFrame frame, int index, Series line) {
    List<String> stretch = new ArrayList<>();
    for (Point point : line.points()) {
      if (Double.isNaN(point.value())) {
        stretch(svg, index, stretch);
      } else {
        stretch.add(at(frame, point));
      }
    }
    stretch(svg, index, stretch);
    if (line.points().size() <= MOST_DOTS) {
      line.points().stream()
          .filter(point -> !Double.isNaN(point.value()))
          .forEach(point -> dot(svg, frame, index, line, point));
    }
  }

  private static void stretch(StringBuilder svg, int index, List<String> points) {
    if (!points.isEmpty()) {
      svg.append(
          "<polyline class=\"line c%d\" points=\"%s\"/>"
              .formatted(index, String.join(" ", points)));
      points.clear();
    }
  }

  private void dot(StringBuilder svg, ChartFrame frame, int index, Series line, Point point) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<circle class=\"dot f%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"2\"><title>%s: %s at %s s</title></circle>",
            index,
            frame.x(point.second() / seconds),
            frame.y(point.value()),
            Texts.escaped(line.name()),
            Texts.escaped(label.apply(point.value())),
            Texts.number(Math.rint(point.second()))));
  }

  private String at(ChartFrame frame, Point point) {
    return String.format(
        Locale.ROOT, "%.1f,%.1f", frame.x(point.second() / seconds), frame.y(point.value()));
  }

  private String legend() {
    StringBuilder legend = new StringBuilder();
    for (int i = 0; i < series.size(); i++) {
      legend.append(
          "<span><i class=\"b%d\"></i>%s</span>".formatted(i, Texts.escaped(series.get(i).name())));
    }
    return "<p class=\"legend\">" + legend + "</p>";
  }

  /** One line of a figure of each window. */
  static <T> Series series(
      String name, List<T> samples, ToDoubleFunction<T> second, ToDoubleFunction<T> value) {
    return new Series(
        name,
        samples.stream()
            .map(sample -> new Point(second.applyAsDouble(sample), value.applyAsDouble(sample)))
            .collect(Collectors.toList()));
  }
}
