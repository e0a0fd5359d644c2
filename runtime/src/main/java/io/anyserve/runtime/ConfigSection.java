package io.anyserve.runtime;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One table of the settings. Each read names the key, its default, its range and its meaning; these
 * make the {@linkplain Config#settings() reference}. A value that does not fit is noted as a
 * problem, with its key, and the default is returned so that reading goes on.
 */
public final class ConfigSection {

  private static final String FILE = "_FILE";
  private static final Duration LONGEST = Duration.ofSeconds(Long.MAX_VALUE);

  private final String path;
  private final ObjectNode table;
  private final Map<String, String> environment;
  private final List<String> problems;
  private final Set<String> read = new HashSet<>();
  private final Map<String, Setting> settings = new LinkedHashMap<>();

  ConfigSection(
      String path, ObjectNode table, Map<String, String> environment, List<String> problems) {
    this.path = path;
    this.table = table;
    this.environment = environment;
    this.problems = problems;
  }

  public String text(String key, String otherwise, String meaning) {
    describe(key, "text", code(otherwise), meaning);
    return value(key).orElse(otherwise);
  }

  /** A text that has no default. */
  public String required(String key, String expected, String meaning) {
    describe(key, expected, "required", meaning);
    Optional<String> value = value(key).filter(text -> !text.isBlank());
    if (value.isEmpty()) {
      problem(key, "not set", expected);
    }
    return value.orElse("");
  }

  /**
   * A text that may be absent.
   *
   * @param absent says in words what applies then
   */
  public Optional<String> optional(String key, String absent, String meaning) {
    describe(key, "text", absent, meaning);
    return value(key);
  }

  /** A text that may be absent and that nothing prints. */
  public Optional<String> secret(String key, String absent, String meaning) {
    describe(key, "text, secret", absent, meaning);
    return value(key);
  }

  /**
   * One of several values, which may be absent.
   *
   * @param name of a value; upper and lower case are the same
   */
  public <T> Optional<T> choice(
      String key, List<T> values, Function<T, String> name, String absent, String meaning) {
    String value = values.stream().map(name).collect(Collectors.joining(", ", "one of ", ""));
    describe(key, value, absent, meaning);
    return parsed(
        key,
        value,
        text -> values.stream().filter(each -> name.apply(each).equalsIgnoreCase(text)).findAny());
  }

  public int integer(String key, int otherwise, int min, int max, String meaning) {
    return integer(key, Integer.toString(otherwise), min, max, meaning).orElse(otherwise);
  }

  /** A whole number that may be absent. */
  public Optional<Integer> optionalInteger(
      String key, String absent, int min, int max, String meaning) {
    return integer(key, absent, min, max, meaning);
  }

  public double number(String key, double otherwise, double min, double max, String meaning) {
    String value = "number from " + plain(min) + " to " + plain(max);
    describe(key, value, plain(otherwise), meaning);
    return parsed(key, "a " + value, text -> within(Double.valueOf(text), min, max))
        .orElse(otherwise);
  }

  public boolean flag(String key, boolean otherwise, String meaning) {
    String value = "true or false";
    describe(key, value, Boolean.toString(otherwise), meaning);
    return parsed(
            key,
            value,
            text ->
                switch (text) {
                  case "true" -> Optional.of(true);
                  case "false" -> Optional.of(false);
                  default -> Optional.empty();
                })
        .orElse(otherwise);
  }

  /** A whole number with a unit: 500ms, 30s, 5m, 2h, 1d. */
  public Duration duration(String key, Duration otherwise, Duration min, String meaning) {
    String value = min.isZero() ? "duration" : "duration of at least " + DurationText.of(min);
    return duration(key, otherwise, value, min, LONGEST, meaning);
  }

  /** A duration that has an upper bound too. */
  public Duration duration(
      String key, Duration otherwise, Duration min, Duration max, String meaning) {
    String value = "duration from " + DurationText.of(min) + " to " + DurationText.of(max);
    return duration(key, otherwise, value, min, max, meaning);
  }

  /**
   * Builds a value that checks itself; what it refuses becomes a problem of this table.
   *
   * @param otherwise returned then
   */
  public <T> T build(Supplier<T> value, T otherwise) {
    try {
      return value.get();
    } catch (IllegalArgumentException e) {
      problems.add(path + ": " + e.getMessage());
      return otherwise;
    }
  }

  /** Everything in the table under dotted names, for settings that are passed through. */
  public Map<String, String> passThrough() {
    Map<String, String> all = new TreeMap<>();
    flatten("", table, all);
    read.addAll(table.propertyNames());
    String prefix = environmentName("");
    environment.forEach(
        (name, value) -> {
          if (name.startsWith(prefix)) {
            passThrough(name.substring(prefix.length()), value, all);
          }
        });
    return new HashMap<>(all);
  }

  private void passThrough(String name, String value, Map<String, String> into) {
    if (name.endsWith(FILE)) {
      String key = dotted(name.substring(0, name.length() - FILE.length()));
      fileContent(key).ifPresent(content -> into.put(key, content));
    } else {
      into.put(dotted(name), value);
    }
  }

  private static String dotted(String name) {
    return name.toLowerCase(Locale.ROOT).replace('_', '.');
  }

  /** What is left under other keys than these, for settings that somebody else checks. */
  public Map<String, String> rest(Set<String> others) {
    Map<String, String> all = new HashMap<>();
    flatten("", table, all);
    read.addAll(table.propertyNames());
    all.keySet().removeAll(others);
    return all;
  }

  /** A key under which a table lies that is read by itself. */
  void holds(String key) {
    read.add(key);
  }

  /** The keys that were read, in that order. */
  List<Setting> settings() {
    return List.copyOf(settings.values());
  }

  void refuseUnread() {
    for (String key : table.propertyNames()) {
      JsonNode value = table.get(key);
      boolean tables = value.isArray() && !value.isEmpty() && value.get(0).isObject();
      if (!read.contains(key) && !tables) {
        problem(key, "unknown", "one of " + new TreeSet<>(read));
      }
    }
  }

  private Optional<Integer> integer(String key, String absent, int min, int max, String meaning) {
    String value =
        max == Integer.MAX_VALUE
            ? "whole number from " + min
            : "whole number from " + min + " to " + max;
    describe(key, value, absent, meaning);
    return parsed(key, "a " + value, text -> within(Integer.valueOf(text), min, max));
  }

  private Duration duration(
      String key, Duration otherwise, String value, Duration min, Duration max, String meaning) {
    describe(key, value, code(DurationText.of(otherwise)), meaning);
    return parsed(
            key,
            "a " + value + ", such as 500ms, 30s, 5m, 2h or 1d",
            text -> DurationText.parse(text).flatMap(found -> within(found, min, max)))
        .orElse(otherwise);
  }

  private static <T extends Comparable<T>> Optional<T> within(T value, T min, T max) {
    return Optional.of(value)
        .filter(found -> found.compareTo(min) >= 0 && found.compareTo(max) <= 0);
  }

  private <T> Optional<T> parsed(String key, String expected, Function<String, Optional<T>> parse) {
    Optional<String> text = value(key);
    Optional<T> result;
    try {
      result = text.flatMap(parse);
    } catch (NumberFormatException e) {
      result = Optional.empty();
    }
    if (text.isPresent() && result.isEmpty()) {
      problem(key, text.get(), expected);
    }
    return result;
  }

  private void describe(String key, String value, String otherwise, String meaning) {
    settings.put(key, new Setting(key, value, otherwise, meaning));
  }

  private static String code(String text) {
    return text.isEmpty() ? "empty" : "`" + text + "`";
  }

  private static String plain(double number) {
    return BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
  }

  private Optional<String> value(String key) {
    read.add(key);
    Optional<String> override =
        Optional.ofNullable(environment.get(environmentName(key))).or(() -> fileContent(key));
    if (override.isPresent()) {
      return override;
    }
    JsonNode node = table.get(key);
    if (node == null) {
      return Optional.empty();
    }
    if (node.isContainer()) {
      problem(key, "a table or an array", "a single value");
      return Optional.empty();
    }
    return Optional.of(node.asString());
  }

  /** What is in the file that a variable names, without the end of its last line. */
  private Optional<String> fileContent(String key) {
    String file = environment.get(environmentName(key) + FILE);
    if (file == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(Files.readString(Path.of(file)).stripTrailing());
    } catch (IOException | InvalidPathException e) {
      problem(key, environmentName(key) + FILE + "=" + file, "a text file that can be read");
      return Optional.empty();
    }
  }

  private String environmentName(String key) {
    return Config.variable(path, key);
  }

  private void problem(String key, String value, String expected) {
    problems.add(path + "." + key + ": " + value + " (expected: " + expected + ")");
  }

  private static void flatten(String prefix, ObjectNode node, Map<String, String> into) {
    for (String name : node.propertyNames()) {
      if (node.get(name) instanceof ObjectNode inner) {
        flatten(prefix + name + ".", inner, into);
      } else {
        into.put(prefix + name, node.get(name).asString());
      }
    }
  }
}
