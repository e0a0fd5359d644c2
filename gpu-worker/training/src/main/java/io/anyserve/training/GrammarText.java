package io.anyserve.training;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Reads rules from text.
 *
 * <p>{@code name:} starts a rule, at the beginning of a line; the alternatives follow on the same
 * line or on indented lines, several on one line between {@code |}. {@code ~} is the empty
 * alternative, {@code #} starts a comment line.
 */
final class GrammarText {

  private static final Pattern BETWEEN_ALTERNATIVES = Pattern.compile(" \\| ");

  private final Map<String, List<Template>> rules = new LinkedHashMap<>();

  /** The rules of resources beside this class; a rule may stand in one of them only. */
  static Map<String, List<Template>> resources(String... names) {
    var text = new GrammarText();
    for (String name : names) {
      text.read(name, resource(name));
    }
    return text.rules;
  }

  static Map<String, List<Template>> parse(String source) {
    var text = new GrammarText();
    text.read("text", source);
    return text.rules;
  }

  private void read(String source, String content) {
    List<Template> current = new ArrayList<>();
    for (String line : content.lines().toList()) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      if (Character.isWhitespace(line.charAt(0))) {
        addAlternatives(line, current);
        continue;
      }
      int colon = line.indexOf(':');
      if (colon < 0) {
        throw new IllegalArgumentException(
            source + ": " + line + " (expected: a rule name and a colon)");
      }
      current = newRule(source, line.substring(0, colon));
      addAlternatives(line.substring(colon + 1), current);
    }
  }

  private List<Template> newRule(String source, String name) {
    var alternatives = new ArrayList<Template>();
    if (rules.put(name, alternatives) != null) {
      throw new IllegalArgumentException(source + ": " + name + " (expected: one rule of a name)");
    }
    return alternatives;
  }

  private static void addAlternatives(String line, List<Template> alternatives) {
    BETWEEN_ALTERNATIVES
        .splitAsStream(line)
        .map(String::strip)
        .filter(text -> !text.isEmpty())
        .map(text -> Template.parse(text.equals("~") ? "" : text))
        .forEach(alternatives::add);
  }

  private static String resource(String name) {
    try (var stream = GrammarText.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalArgumentException("resource: " + name + " (expected: beside GrammarText)");
      }
      return new String(stream.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
