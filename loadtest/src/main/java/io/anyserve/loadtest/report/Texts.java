package io.anyserve.loadtest.report;

import java.util.Locale;

/** Figures for people. */
public final class Texts {

  private static final double MICROS_PER_MILLI = 1e3;
  private static final double MICROS_PER_SECOND = 1e6;

  private Texts() {}

  /** A time with the unit that suits it. */
  public static String micros(double micros) {
    if (micros < MICROS_PER_MILLI) {
      return number(micros) + " µs";
    }
    return micros < MICROS_PER_SECOND
        ? number(micros / MICROS_PER_MILLI) + " ms"
        : number(micros / MICROS_PER_SECOND) + " s";
  }

  /** Three significant digits where there are decimals; thousands are grouped. */
  public static String number(double value) {
    double size = Math.abs(value);
    if (value == Math.rint(value) && size < 1e15) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    if (size >= 100) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    return String.format(Locale.ROOT, size >= 10 ? "%.1f" : size >= 0.1 ? "%.2f" : "%.4f", value);
  }

  /** A count; thousands are grouped. */
  public static String number(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
