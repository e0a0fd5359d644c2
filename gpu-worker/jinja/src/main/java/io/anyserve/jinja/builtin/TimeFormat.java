package io.anyserve.jinja.builtin;

import io.anyserve.jinja.value.TemplateException;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.TextStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.util.Locale;

/**
 * C's {@code strftime} in the C locale, with the glibc flags {@code -}, {@code _} and {@code 0}.
 */
public record TimeFormat(String format) {

  public String format(ZonedDateTime time) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%' || i + 1 == format.length()) {
        out.append(c);
        continue;
      }
      char flag = format.charAt(++i);
      if ("-_0".indexOf(flag) >= 0 && i + 1 < format.length()) {
        out.append(padded(directive(format.charAt(++i), time), flag));
      } else {
        out.append(directive(flag, time));
      }
    }
    return out.toString();
  }

  private static String padded(String value, char flag) {
    int end = 0;
    while (end < value.length() - 1 && (value.charAt(end) == '0' || value.charAt(end) == ' ')) {
      end++;
    }
    String padding = flag == '-' ? "" : (flag == '_' ? " " : "0").repeat(end);
    return padding + value.substring(end);
  }

  private static String directive(char directive, ZonedDateTime time) {
    return switch (directive) {
      case 'Y' -> Integer.toString(time.getYear());
      case 'y' -> two(time.getYear() % 100);
      case 'C' -> two(time.getYear() / 100);
      case 'm' -> two(time.getMonthValue());
      case 'd' -> two(time.getDayOfMonth());
      case 'e' -> "%2d".formatted(time.getDayOfMonth());
      case 'H' -> two(time.getHour());
      case 'I' -> two(time.get(ChronoField.CLOCK_HOUR_OF_AMPM));
      case 'M' -> two(time.getMinute());
      case 'S' -> two(time.getSecond());
      case 'f' -> "%06d".formatted(time.getNano() / 1000);
      case 'j' -> "%03d".formatted(time.getDayOfYear());
      case 'p' -> time.getHour() < 12 ? "AM" : "PM";
      case 'a' -> time.getDayOfWeek().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
      case 'A' -> time.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
      case 'b', 'h' -> DateTimeFormatter.ofPattern("MMM", Locale.US).format(time);
      case 'B' -> time.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
      case 'u' -> Integer.toString(time.getDayOfWeek().getValue());
      case 'w' -> Integer.toString(time.getDayOfWeek().getValue() % 7);
      case 'U' -> two((time.getDayOfYear() + 6 - time.getDayOfWeek().getValue() % 7) / 7);
      case 'W' -> two((time.getDayOfYear() + 7 - time.getDayOfWeek().getValue()) / 7);
      case 'G' -> Integer.toString(time.get(IsoFields.WEEK_BASED_YEAR));
      case 'V' -> two(time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
      case 's' -> Long.toString(time.toEpochSecond());
      case 'D', 'x' -> new TimeFormat("%m/%d/%y").format(time);
      case 'F' -> new TimeFormat("%Y-%m-%d").format(time);
      case 'T', 'X' -> new TimeFormat("%H:%M:%S").format(time);
      case 'R' -> new TimeFormat("%H:%M").format(time);
      case 'r' -> new TimeFormat("%I:%M:%S %p").format(time);
      case 'c' -> new TimeFormat("%a %b %e %H:%M:%S %Y").format(time);
      case 'n' -> "\n";
      case 't' -> "\t";
      case 'z', 'Z' -> "";
      case '%' -> "%";
      default ->
          throw TemplateException.evaluation(
              "strftime_now: %%%s (expected: a directive of C)".formatted(directive));
    };
  }

  private static String two(int number) {
    return "%02d".formatted(number);
  }
}
