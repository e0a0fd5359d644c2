package io.anyserve.loadtest.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.regex.Pattern;

/**
 * The axes of a chart, in the units of its SVG.
 *
 * @param top value at the upper end
 */
record ChartFrame(double top) {

  static final int WIDTH = 560;
  static final int HEIGHT = 220;

  private static final int LEFT = 64;
  private static final int RIGHT = 24;
  private static final int ABOVE = 10;
  private static final int BELOW = 26;
  private static final int TICKS = 5;
  private static final Pattern ZEROS = Pattern.compile("\\.0+(?!\\d)|(\\.\\d*?[1-9])0+(?!\\d)");

  /** A frame that holds values from 0 to the highest one. */
  static ChartFrame of(double highest) {
    double step = step(highest);
    return new ChartFrame(highest <= 0 ? 1 : Math.ceil(highest / step) * step);
  }

  /** Round numbers from 0 up to a value. */
  static List<Double> ticks(double most) {
    List<Double> ticks = new ArrayList<>();
    double step = step(most);
    for (int i = 0; i * step <= most * (1 + 1e-9); i++) {
      ticks.add(i * step);
    }
    return ticks;
  }

  /** 1, 2 or 5 times a power of ten: about five of them make the whole. */
  private static double step(double most) {
    if (most <= 0) {
      return 1;
    }
    double raw = most / TICKS;
    double power = Math.pow(10, Math.floor(Math.log10(raw)));
    double digit = raw / power;
    return power * (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10);
  }

  /**
   * Where it lies.
   *
   * @param share of the width
   */
  double x(double share) {
    return LEFT + Math.clamp(share, 0, 1) * (WIDTH - LEFT - RIGHT);
  }

  double y(double value) {
    return HEIGHT - BELOW - Math.clamp(value / top, 0, 1) * (HEIGHT - ABOVE - BELOW);
  }

  String open(String title) {
    return "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">"
        .formatted(WIDTH, HEIGHT, Texts.escaped(title));
  }

  void valueAxis(StringBuilder svg, DoubleFunction<String> label) {
    for (double value : ticks(top)) {
      svg.append(
          String.format(
              Locale.ROOT,
              "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>"
                  + "<text x=\"%d\" y=\"%.1f\" class=\"value\">%s</text>",
              LEFT,
              WIDTH - RIGHT,
              y(value),
              y(value),
              LEFT - 8,
              y(value) + 4,
              Texts.escaped(shortened(label.apply(value)))));
    }
  }

  /** Without zeros at the end of decimals. */
  private static String shortened(String label) {
    return ZEROS.matcher(label).replaceAll("$1");
  }

  /** A label below the frame. */
  String tick(double x, String label) {
    return String.format(
        Locale.ROOT,
        "<text x=\"%.1f\" y=\"%d\" class=\"tick\">%s</text>",
        x,
        HEIGHT - 8,
        Texts.escaped(label));
  }
}
