package io.anyserve.training;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Writes the few JSON forms that a model folder needs, ASCII only. */
final class JsonText {

  private JsonText() {}

  static String quoted(String text) {
    var json = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      json.append(escaped(text.charAt(i)));
    }
    return json.append('"').toString();
  }

  static String array(List<String> values) {
    return values.stream().collect(Collectors.joining(",", "[", "]"));
  }

  private static String escaped(char c) {
    return switch (c) {
      case '"' -> "\\\"";
      case '\\' -> "\\\\";
      case '\n' -> "\\n";
      default ->
          c < ' ' || c > '~'
              ? String.format(Locale.ROOT, "\\u%04x", (int) c)
              : Character.toString(c);
    };
  }
}
